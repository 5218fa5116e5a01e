"""Read a user's matplotlib style."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import matplotlib.style

from gcnlabel.errors import InputError, closest


def read_style(style: str | Path) -> dict[str, Any]:
    """Return the settings of a style; unlike matplotlib, import no package and open no URL for it.

    Args:
        style: Name of a built-in matplotlib style, or a file of ``key: value`` lines.

    Raises:
        InputError: There is no such style, or a line of the file is not a valid setting.
    """
    if str(style) in mpl.style.library:
        return {**cast(Any, mpl.style.library[str(style)])}
    path = Path(style)
    if not path.is_file():
        raise InputError(
            f"there is no style {str(style)!r}",
            expected="a file of matplotlib settings, or a name in matplotlib.style.available",
            fix=closest(str(style), list(mpl.style.library)),
        )
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(" ".join(record.getMessage().split()))  # type: ignore[method-assign]
    logger = logging.getLogger("matplotlib")
    logger.addHandler(handler)
    try:
        settings = mpl.rc_params_from_file(path, use_default_template=False)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"style {path} cannot be read: {error}") from error
    finally:
        logger.removeHandler(handler)
    if found:
        raise InputError(f"style {path}: {found[0]}", expected="lines 'key: value' with matplotlib settings")
    return {**cast(Any, settings)}
