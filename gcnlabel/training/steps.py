"""How gradients become steps of the optimizer: one rule for every engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Steps:
    """What a step of the optimizer is made of.

    Attributes:
        clip: Largest norm of the gradient of all parameters together: a larger one is scaled to it; None for no bound.
        accumulate: Batches whose mean gradient makes one step. The last step of an epoch may have fewer, and is as much
            shorter.
        average: Decay of the exponential moving average of the weights, by steps, that is measured and kept instead of
            them; None for none. Models side by side have none.
    """

    clip: float | None = None
    accumulate: int = 1
    average: float | None = None


EACH_BATCH = Steps()
"""A step each batch, by its gradient as it is."""
