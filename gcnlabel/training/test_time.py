"""Test-time augmentation of images."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.registry import Registry
from gcnlabel.tasks import TaskSet

TEST_TIME = Registry("test-time augmentation", __name__, makes=nn.Module)
"""Functions ``(network, tasks, *, options) -> network`` from images [B, C, H, W] to scores by task, by name."""


@TEST_TIME.register("flips")
class Flips(nn.Module):
    """Mean of probabilities (after softmax or sigmoid) and values over each image and its mirror image.

    It returns scores with these mean probabilities, so that thresholds and metrics apply without change.

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
    """Return a network with test-time augmentation.

    Args:
        settings: Name and options of the augmentation; None for the network itself.
        network: Maps inputs to scores by task.
        tasks: The tasks.
        inputs: Shape of an input.

    Raises:
        InputError: The inputs are no images.
    """
    check_test_time(settings, inputs)
    made: nn.Module = network if settings is None else TEST_TIME.make(settings, network, tasks)
    return made


def check_test_time(settings: Any, inputs: tuple[int, ...]) -> None:
    """Check that the inputs of test-time augmentation are images.

    Raises:
        InputError: They are features or graphs.
    """
    if settings is not None and len(inputs) != 3:
        raise InputError(
            f"test-time augmentation {TEST_TIME.parse(settings).name!r} of inputs of shape {list(inputs)}",
            expected="images [C, H, W]: features and graphs have no mirror image",
            fix="leave out --flips and evaluate.test_time",
        )
