"""Registry of the generator's layers."""

from __future__ import annotations

from typing import Annotated, Any

from gcnlabel.registry import Registry

CONVOLUTIONS = Registry("convolution", "gcnlabel.nn.convolutions")
"""Functions ``(in_channels, out_channels, *, options) -> layer``, by name.

A layer that does not multiply by edge weights is registered with ``unweighted=True``.
"""

Convolution = Annotated[Any, CONVOLUTIONS]
