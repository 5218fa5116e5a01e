"""The bar of colours beside matrices."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.figures.heat_map import HeatMap


def colour_bar(maps: Sequence[HeatMap], label: str = "") -> None:
    """Draw the bar of colours of matrices on one scale, to their right.

    Args:
        maps: The matrices.
        label: What the numbers are.
    """
    scale, axes = maps[0].scale, [m.axes for m in maps]
    bar = maps[0].figure.colorbar(maps[0].mesh, ax=axes, shrink=0.8, pad=0.02, aspect=25, extend=scale.extend)
    bar.set_label(label)
