"""Combine base models that share one backbone, after training, on held-out samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.heads import EnsembleHead
from gcnlabel.run.build import build_units
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.ensembles.combination import Evidence
from gcnlabel.run.ensembles.combining import combine
from gcnlabel.run.ensembles.words import described

Score = Callable[[SampleSet, Callable[[Tensor], Mapping[str, Tensor]]], Mapping[str, Tensor]]


def combine_shared(config: Config, data: RunData, model: MultiTaskModel, score: Score) -> str:
    """Fit and set the weights of an ensemble's base models; return a line that describes them.

    Args:
        config: The config.
        data: The data; its test split is not used.
        model: A trained model whose head is an ensemble, in the units that it was trained in.
        score: Function from samples and a network to scores.
    """
    head: Any = model.head
    assert isinstance(head, EnsembleHead)
    units, methods = build_units(config, data), calibration_methods(config, data.tasks)

    def flat(inputs: Tensor) -> dict[str, Tensor]:
        found = model.standard_scores_of_each(inputs)
        return {f"{place}/{task}": of[task] for place, of in enumerate(found.values()) for task in of}

    def evidence(part: SampleSet) -> Evidence:
        found = score(part, flat)
        scores = {
            name: {task.name: found[f"{place}/{task.name}"] for task in data.tasks}
            for place, name in enumerate(head.names)
        }
        return Evidence(scores, units.standardized(targets_to_tensors(part.annotations)))

    combination = combine(data.tasks, methods, evidence(data.parts["train"]), evidence(data.parts["val"]))
    head.take(combination.mix, combination.stacked, combination.offset)
    return "; ".join(described(data.tasks, combination, methods))
