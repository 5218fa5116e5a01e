"""A user's own style of matplotlib."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import matplotlib.style

from gcnlabel.errors import InputError, closest


def read_style(style: str | Path) -> dict[str, Any]:
    """Return the settings of a style; no package is imported and no address is opened, as matplotlib would.

    Args:
        style: Name of a style that matplotlib has, or a file of ``key: value`` lines.

    Raises:
        InputError: There is no such style, or a line of the file is no setting.
    """
    if str(style) in mpl.style.library:
        return {**cast(Any, mpl.style.library[str(style)])}
    path = Path(style)
    if not path.is_file():
        raise InputError(
            f"there is no style {str(style)!r}",
            expected="a file of matplotlib's settings, or a name of matplotlib.style.available",
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
        raise InputError(f"style {path}: {found[0]}", expected="lines of 'key: value' of matplotlib's settings")
    return {**cast(Any, settings)}
