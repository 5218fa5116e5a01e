"""Load the network of a run for prediction, without its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.config import Config
from gcnlabel.data.feature_records import load_record
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run import RunFolder
from gcnlabel.run.calibration import CALIBRATION
from gcnlabel.run.loading import kept_signature, load_model
from gcnlabel.run.test_time import with_flips
from gcnlabel.tasks import TaskSet
from gcnlabel.training.test_time import at_test_time


@dataclass(frozen=True)
class Network:
    """A trained network, ready to predict.

    Attributes:
        model: Backbone and head with the weights of the best checkpoint, in evaluation mode.
        tasks: The predicted tasks.
        config: The config of its run.
        thresholds: Probability from which a tag counts as predicted, for each multi-label task whose thresholds were
            tuned, [labels].
        input_shape: Shape of an input: (D,) of features, (C, H, W) of images, (D, A) of graphs, () of texts.
        calibration: One line on how the dimensions were calibrated; None if they were not.
        encoder: Record of the encoder of its training features; None if unknown.
    """

    model: MultiTaskModel
    tasks: TaskSet
    config: Config
    thresholds: Mapping[str, Tensor]
    input_shape: tuple[int, ...]
    calibration: str | None = None
    encoder: Mapping[str, Any] | None = None

    def at_test_time(self, device: torch.device) -> nn.Module:
        """Return the model on a device, with the test-time augmentation of its config.

        Raises:
            InputError: The config has test-time augmentation, but the inputs are not images.
        """
        return at_test_time(self.config.evaluate.test_time, self.model.to(device), self.tasks, self.input_shape)

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the input images; None for other inputs."""
        return self.config.data.image_shape

    @property
    def in_features(self) -> int:
        """Number of input features D; 0 for other inputs."""
        return self.input_shape[0] if len(self.input_shape) == 1 else 0


def load_network(folder: RunFolder, *, flips: bool | None = None) -> Network:
    """Return the network of a run, from its config, graph and best checkpoint.

    Args:
        folder: The run, trained or imported.
        flips: Whether to use flips at test time; None for the config's setting.

    Raises:
        InputError: The run is incomplete, or the checkpoint does not fit config and graph.
    """
    model, checkpoint = load_model(folder)
    inputs, tasks = kept_signature(folder, checkpoint["state_dict"]).inputs, model.head.tasks
    thresholds = tuned_thresholds(folder, tasks)
    config = with_flips(folder.load_config(), flips)
    return Network(
        model, tasks, config, thresholds, inputs, checkpoint.get(CALIBRATION), encoder_record(folder, config)
    )


def encoder_record(folder: RunFolder, config: Config) -> dict[str, Any] | None:
    """Return the record of the encoder of a run's features: the run's copy or, for older runs, the one at the features.

    Raises:
        InputError: The record cannot be read.
    """
    return load_record(folder.encoder) or config.data.encoder


def tuned_thresholds(folder: RunFolder, tasks: TaskSet) -> dict[str, Tensor]:
    """Return the tuned decision thresholds from a run's evaluation: task -> probabilities [labels].

    ``evaluation.json`` stores them as scores, ``thresholds: {task: {label: score}}``.

    Raises:
        InputError: The evaluation has thresholds for other labels.
    """
    if not folder.evaluation.exists():
        return {}
    kept = folder.read_evaluation().get("thresholds", {})
    for name, by_label in kept.items():
        if set(by_label) != set(tasks[name].labels):
            raise InputError(
                f"{folder.evaluation} has thresholds for other labels", fix=f"gcnlabel evaluate {folder.path}"
            )
    return {
        name: Tensor([by_label[label] for label in tasks[name].labels]).sigmoid() for name, by_label in kept.items()
    }
