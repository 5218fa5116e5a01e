"""Where weights of tasks may not change."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.errors import InputError


def check_fixed_weights(config: Config) -> None:
    """Check that the weights of the tasks are fixed, as they must be where models are compared.

    Weights that follow the losses would differ from model to model, and a difference between two heads could then be
    that of their weights.

    Raises:
        InputError: They are not.
    """
    if config.weighting.name != "fixed":
        raise InputError(
            f"weighting: {config.weighting.name!r}",
            expected="fixed: what is compared is trained with the same weights of tasks",
            fix="--set weighting=fixed, with loss.TASK.weight for each task",
        )
