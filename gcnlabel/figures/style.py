"""Common style of figures: sizes for a two-column paper, embedded fonts, colour-blind safe colours.

Importing this module does not change matplotlib's settings; each figure is drawn and saved in a context of its style.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import matplotlib.style
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.figure import Figure

from gcnlabel.decimals import short_decimal
from gcnlabel.errors import InputError
from gcnlabel.figures.own_style import read_style

P = ParamSpec("P")
Made = TypeVar("Made")

COLUMN, PAGE = 3.3, 7.0
"""Widths of a column and of a two-column page, in inches."""
SMALLEST, SMALL, MEDIUM, LARGE = 6.0, 7.0, 8.0, 9.0
"""Font sizes in points: smallest allowed; ticks and legends; axis labels and titles; figure titles."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#F0E442", "#000000")
"""Colour-blind safe colours of Okabe and Ito, with a grey."""
WIDTHS = {"column": COLUMN, "page": PAGE}

SETTINGS: Mapping[str, Any] = {
    "font.size": MEDIUM,
    "axes.titlesize": MEDIUM,
    "axes.labelsize": MEDIUM,
    "figure.titlesize": LARGE,
    "figure.labelsize": MEDIUM,
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize", "legend.title_fontsize"), SMALL),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "grid.linewidth": 0.4,
    "legend.frameon": False,
    "axes.prop_cycle": cycler(color=COLOURS),
    "image.cmap": "Blues",
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "gcnlabel",
    "text.parse_math": False,  # names may contain dollars
}
"""matplotlib settings of every figure; they override its defaults, and a user's style overrides them."""
OURS = {"savefig.bbox": None, "savefig.dpi": "figure"}
"""Settings that a user's style cannot override, because they would change the requested width."""


@dataclass(frozen=True)
class Style:
    """Width of figures, and matplotlib settings that override :data:`SETTINGS`.

    Attributes:
        width: Width in inches; None for the default of each figure, a column or a page.
        settings: matplotlib settings.
    """

    width: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def applied(self) -> AbstractContextManager[None]:
        """Return a context manager that applies the settings of this style to matplotlib."""
        return mpl.style.context(["default", dict(SETTINGS), dict(self.settings), OURS])


_STYLE: ContextVar[Style] = ContextVar("style", default=Style())  # noqa: B039 (frozen)


@contextmanager
def figure_style(width: str | float | None = None, styles: Sequence[str | Path] = ()) -> Iterator[Style]:
    """Draw the figures of a ``with`` block with a given width and matplotlib styles.

    Args:
        width: ``column`` (3.3 inches), ``page`` (7 inches), or inches; None for the default of each figure.
        styles: Names of built-in matplotlib styles, or files of ``key: value`` lines; later ones override earlier ones.

    Raises:
        InputError: The width is invalid, there is no such style, or a line of the file is not a valid setting.

    Example:
        >>> with figure_style("page"):
        ...     width_or(COLUMN)
        7.0
    """
    settings: dict[str, Any] = {}
    for style in styles:
        settings |= read_style(style)
    token = _STYLE.set(Style(_inches(width), settings))
    try:
        yield _STYLE.get()
    finally:
        _STYLE.reset(token)


def styled(draw: Callable[P, Made]) -> Callable[P, Made]:
    """Decorate a function that makes a figure, to run it with the settings of the current style."""

    @functools.wraps(draw)
    def with_settings(*args: P.args, **options: P.kwargs) -> Made:
        with _STYLE.get().applied():
            return draw(*args, **options)

    return with_settings


def width_or(width: float) -> float:
    """Return the width of the current style in inches, or the given one if it has none."""
    return _STYLE.get().width or width


def colour(number: int) -> str:
    """Return a colour of the current style's cycle."""
    colours = mpl.rcParams["axes.prop_cycle"].by_key().get("color", COLOURS)
    return str(colours[number % len(colours)])


class StyledFigure(Figure):
    """A figure that is saved with the settings it was made with, and laid out once for all formats."""

    style = Style()

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save the figure, see :meth:`matplotlib.figure.Figure.savefig`."""
        with self.style.applied():
            lay_out(self)
            self.set_layout_engine("none")
            super().savefig(*args, **options)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure with constrained layout; width and height are in inches."""
    figure = StyledFigure(figsize=(width, height), dpi=200, layout="constrained")
    figure.style = _STYLE.get()
    return figure


def lay_out(figure: Figure) -> None:
    """Run the layout engine of a figure without drawing it."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)


def finite(values: npt.ArrayLike, what: str) -> npt.NDArray[np.float64]:
    """Return values as a float64 array.

    Raises:
        InputError: A value is NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{what} has {array[place]} at {place}", expected="finite numbers")
    return array


def short(value: float) -> str:
    """Return a number with two decimals and without a leading zero.

    Example:
        >>> short(0.35), short(-0.124), short(10.5), short(-0.001)
        ('.35', '-.12', '10.50', '.00')
    """
    return short_decimal(value, 2)


def _inches(width: str | float | None) -> float | None:
    if width is None:
        return None
    try:
        inches = WIDTHS.get(str(width)) or float(width)
    except ValueError:
        inches = 0.0
    if not 2 <= inches <= 30:
        raise InputError(f"width {width!r}", expected="column | page | inches, from 2 to 30")
    return inches
