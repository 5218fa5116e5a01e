"""What an image is predicted by beside itself, at test time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.registry import Registry
from gcnlabel.tasks import TaskSet

TEST_TIME = Registry("test-time augmentation", __name__, makes=nn.Module)
"""Makes a network of a network: ``(network, tasks, *, options)``; images [B, C, H, W] in, scores by task out."""


@TEST_TIME.register("flips")
class Flips(nn.Module):
    """The mean over each image and its mirror image, of probabilities (after softmax or sigmoid) and of values.

    Scores are those whose probabilities are the means, so that thresholds and metrics are used as without.

    Args:
        network: Maps images to scores by task.
        tasks: The tasks.
    """

    def __init__(self, network: nn.Module, tasks: TaskSet) -> None:
        super().__init__()
        self.network, self.tasks = network, tasks

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task]."""
        both = self.network(images), self.network(images.flip(-1))
        return {task.name: task.mean_scores(torch.stack([found[task.name] for found in both])) for task in self.tasks}


def at_test_time(settings: Any, network: nn.Module, tasks: TaskSet, inputs: tuple[int, ...]) -> nn.Module:
    """Return a network as it is evaluated and predicts.

    Args:
        settings: Name and options of the augmentation; None for none.
        network: Maps inputs to scores by task.
        tasks: The tasks.
        inputs: Shape of an input.

    Raises:
        InputError: An augmentation of inputs that are no images.
    """
    check_test_time(settings, inputs)
    made: nn.Module = network if settings is None else TEST_TIME.make(settings, network, tasks)
    return made


def check_test_time(settings: Any, inputs: tuple[int, ...]) -> None:
    """Check that what is augmented at test time are images.

    Raises:
        InputError: They are features or graphs.
    """
    if settings is not None and len(inputs) != 3:
        raise InputError(
            f"test-time augmentation {TEST_TIME.parse(settings).name!r} of inputs of shape {list(inputs)}",
            expected="images [C, H, W]: features and graphs have no mirror image",
            fix="leave out --flips and evaluate.test_time",
        )
