"""The colour bar next to heat maps."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.figures.heat_map import HeatMap


def colour_bar(maps: Sequence[HeatMap], label: str = "") -> None:
    """Draw one colour bar to the right of heat maps that share a scale.

    Args:
        maps: The heat maps.
        label: Label of the colour bar.
    """
    scale, axes = maps[0].scale, [m.axes for m in maps]
    bar = maps[0].figure.colorbar(maps[0].mesh, ax=axes, shrink=0.8, pad=0.02, aspect=25, extend=scale.extend)
    bar.set_label(label)
