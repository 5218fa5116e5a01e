"""Clipping, accumulation and averaging of optimizer steps, for every engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Steps:
    """Options of the steps of an optimizer.

    Attributes:
        clip: Largest norm of the gradient of all parameters, to which larger ones are scaled; None for no clipping.
        accumulate: Number of batches whose gradients are accumulated for one step. The last step of an epoch may have
            fewer; its sum is still divided by this number.
        average: Decay per step of the exponential moving average of the weights, which is evaluated and saved instead
            of the weights; None for no averaging. Not used for models that are trained together.
    """

    clip: float | None = None
    accumulate: int = 1
    average: float | None = None


EACH_BATCH = Steps()
"""One step per batch, without clipping or averaging."""
