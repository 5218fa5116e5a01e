"""Common style of figures: sizes of a two-column paper, embedded fonts, colour-blind safe colours.

Nothing is changed when this is imported: a figure is made and saved within the settings of its own style.
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
"""Widths of a column and of a page of two columns, in inches."""
SMALLEST, SMALL, MEDIUM, LARGE = 6.0, 7.0, 8.0, 9.0
"""Sizes of text in points: the smallest allowed; ticks and legends; names of axes, titles; the title of a figure."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#F0E442", "#000000")
"""Okabe and Ito's colours."""
WIDTHS = {"column": COLUMN, "page": PAGE}

SETTINGS: Mapping[str, Any] = {
    **{
        "font.size": MEDIUM,
        "axes.titlesize": MEDIUM,
        "axes.labelsize": MEDIUM,
        "figure.titlesize": LARGE,
        "figure.labelsize": MEDIUM,
    },
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize", "legend.title_fontsize"), SMALL),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    **{"lines.linewidth": 1.2, "lines.markersize": 4, "grid.linewidth": 0.4, "legend.frameon": False},
    **{"axes.prop_cycle": cycler(color=COLOURS), "image.cmap": "Blues", "hatch.linewidth": 0.5},
    **{"pdf.fonttype": 42, "ps.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "gcnlabel"},
    "text.parse_math": False,  # names may contain dollars
}
"""matplotlib's settings of every figure, over its defaults; a user's own style goes over these."""
OURS = {"savefig.bbox": None, "savefig.dpi": "figure"}
"""Settings that no style changes: they would change the width that was asked for."""


@dataclass(frozen=True)
class Style:
    """Width of figures, and settings of matplotlib over :data:`SETTINGS`.

    Attributes:
        width: In inches; None: each figure's own, a column or a page.
        settings: Settings of matplotlib.
    """

    width: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def applied(self) -> AbstractContextManager[None]:
        """Return a context in which matplotlib has the settings of this style."""
        return mpl.style.context(["default", dict(SETTINGS), dict(self.settings), OURS])


_STYLE: ContextVar[Style] = ContextVar("style", default=Style())  # noqa: B039 (frozen)


@contextmanager
def figure_style(width: str | float | None = None, styles: Sequence[str | Path] = ()) -> Iterator[Style]:
    """Draw the figures of a ``with`` block in a width and in styles of matplotlib.

    Args:
        width: ``column`` (3.3 inches), ``page`` (7 inches), or inches; None: what suits each figure.
        styles: Names of styles that matplotlib has, or files of ``key: value`` lines; later ones go over earlier ones.

    Raises:
        InputError: It is no width; there is no such style; or a line of the file is no setting.

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
    """Make a function draw with the settings of the style in use; for every function that makes a figure."""

    @functools.wraps(draw)
    def with_settings(*args: P.args, **options: P.kwargs) -> Made:
        with _STYLE.get().applied():
            return draw(*args, **options)

    return with_settings


def width_or(width: float) -> float:
    """Return the width that was asked for; where none was, the given one, in inches."""
    return _STYLE.get().width or width


def colour(number: int) -> str:
    """Return a colour of the style in use; after the last comes the first again."""
    colours = mpl.rcParams["axes.prop_cycle"].by_key().get("color", COLOURS)
    return str(colours[number % len(colours)])


class StyledFigure(Figure):
    """A figure that is saved with the settings it was made with, and laid out once: all formats show the same."""

    style = Style()

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save, see :meth:`matplotlib.figure.Figure.savefig`."""
        with self.style.applied():
            lay_out(self)
            self.set_layout_engine("none")
            super().savefig(*args, **options)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, with a layout without overlaps; see :func:`width_or`."""
    figure = StyledFigure(figsize=(width, height), dpi=200, layout="constrained")
    figure.style = _STYLE.get()
    return figure


def lay_out(figure: Figure) -> None:
    """Place what is in a figure now, without drawing it."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)


def finite(values: npt.ArrayLike, what: str) -> npt.NDArray[np.float64]:
    """Return values as an array.

    Raises:
        InputError: One is NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{what} holds {array[place]} at {place}", expected="finite numbers")
    return array


def short(value: float) -> str:
    """Return two decimals without a leading zero.

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
