"""Strict JSON."""

from __future__ import annotations

import json
from typing import Any


def strict_json(content: Any) -> str:
    """Return content as JSON text; NaN and infinity, which JSON does not allow, become null.

    Example:
        >>> print(strict_json({"p": float("nan"), "mean": 0.5}), end="")
        {
         "p": null,
         "mean": 0.5
        }
    """
    finite = json.loads(json.dumps(content), parse_constant=lambda name: None)
    return json.dumps(finite, indent=1, allow_nan=False) + "\n"
