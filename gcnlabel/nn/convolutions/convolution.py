"""Layers of the generator: ``(size of the input, size of the output, *, options) -> layer``."""

from __future__ import annotations

from typing import Annotated, Any

from gcnlabel.registry import Registry

CONVOLUTIONS = Registry("convolution", "gcnlabel.nn.convolutions")
"""A layer that does not multiply by edge weights is registered with ``unweighted=True``: an edge of weight 0 counts."""

Convolution = Annotated[Any, CONVOLUTIONS]
