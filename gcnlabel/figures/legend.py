"""Legends outside the axes that always fit into the figure."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from gcnlabel.figures.text import shortened, text_width, widest

MAX_NAMED = 12
"""Largest number of names in a legend; the rest is counted."""
MARGIN = 6.0
"""Left and right margin in points."""


def handles_of(figure: Figure) -> list[Artist]:
    """Return the labelled artists of a figure's axes, the first for each label."""
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

    Names wider than the figure are shortened in the middle, the title is wrapped, and only the first
    :data:`MAX_NAMED` names are shown.

    Args:
        figure: A figure with constrained layout.
        handles: Artists with labels.
        title: Title of the legend.
        above: Whether to place it above the axes instead of below.
        handle_length: Length of the handles in font sizes.
        colours: Text colour of each name; None for the default.
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
    """Return the text wrapped into lines of at most ``room`` points."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
