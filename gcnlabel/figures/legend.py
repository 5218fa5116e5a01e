"""Legends that stand beside the axes, inside the figure whatever the names are."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from gcnlabel.figures.text import shortened, text_width, widest

MAX_NAMED = 12
"""Names that a legend shows; it says how many more there are."""
MARGIN = 6.0
"""Room at the sides in points."""


def handles_of(figure: Figure) -> list[Artist]:
    """Return what the legend of a figure shows: the named artists of its axes, each name once."""
    found: dict[str, Artist] = {}
    for axes in figure.axes:
        for artist, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, artist)
    return list(found.values())


def add_legend(
    figure: Figure,
    handles: Sequence[Artist],
    *,
    title: str = "",
    above: bool = False,
    handle_length: float = 2.0,
    colours: Sequence[str] | None = None,
) -> None:
    """Add a legend outside the axes, in as many columns as fit; the figure grows by its height.

    A name that is wider than the figure loses its middle, a title is broken into lines, and of more than
    :data:`MAX_NAMED` names the first are shown.

    Args:
        figure: With a constrained layout.
        handles: Artists with labels.
        title: Words above the names.
        above: Whether it stands above the axes, else below them.
        handle_length: Width of what stands before a name, in sizes of the font.
        colours: A colour a name.
    """
    size = FontProperties(size=mpl.rcParams["legend.fontsize"]).get_size_in_points()
    room = 72 * figure.get_figwidth() - 2 * MARGIN
    before, between = size * (handle_length + 0.8), 2 * size
    names = [shortened(str(handle.get_label()), size, room - before) for handle in handles[:MAX_NAMED]]
    columns = min(len(names), max(1, int((room + between) // (widest(names, size) + before + between))))
    heading = _lines(title, size, room) + [f"and {n} more" for n in [len(handles) - MAX_NAMED] if n > 0]
    figure.legend(
        handles[:MAX_NAMED],
        names,
        loc="outside upper center" if above else "outside lower center",
        ncols=columns,
        title="\n".join(heading) or None,
        handlelength=handle_length,
        labelcolor=colours,
    )
    lines = -(-len(names) // columns) + len(heading)
    figure.set_figheight(figure.get_figheight() + size * (1.55 * lines + 2) / 72)


def _lines(text: str, size: float, room: float) -> list[str]:
    """Return a text in lines that fit."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
