"""Import optional libraries."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


def optional(module: str, extra: str, user: str) -> Any:
    """Import and return an optional library.

    Args:
        module: Its module.
        extra: The extra of gcnlabel that installs it.
        user: The feature that needs it, for the message.

    Raises:
        InputError: It is not installed.

    Example:
        >>> optional("json", "json", "the example").dumps([1])
        '[1]'
    """
    if importlib.util.find_spec(module) is None:
        from gcnlabel.errors import InputError

        raise InputError(f"{user} needs {module}, which is not installed", fix=f"pip install 'gcnlabel[{extra}]'")
    return importlib.import_module(module)
