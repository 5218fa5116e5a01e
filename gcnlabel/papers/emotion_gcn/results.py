"""Metrics of finished runs over seeds, for the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gcnlabel.papers.emotion_gcn.plan import SYSTEMS, Planned, Source, of_system
from gcnlabel.papers.emotion_gcn.runner import run_folder
from gcnlabel.run.drawing import flat_metrics


@dataclass(frozen=True)
class Measure:
    """A metric that is a column of a table.

    Attributes:
        key: Its name in :mod:`gcnlabel.papers.emotion_gcn.reported`.
        title: Its heading.
        metric: ``task/metric`` of the evaluation.
        scale: Factor that the metric is multiplied by, e.g. 100 for percent.
        digits: Number of printed decimals.
    """

    key: str
    title: str
    metric: str
    scale: float
    digits: int


CCC = (
    Measure("ccc_v", "CCC valence", "affect/valence/ccc", 1, 3),
    Measure("ccc_a", "CCC arousal", "affect/arousal/ccc", 1, 3),
)


def accuracy(source: Source) -> Measure:
    """Return the accuracy measure of the expressions: mean class accuracy for synthetic faces, else accuracy.

    AffectNet's validation set is balanced and the synthetic faces are not; on balanced classes both are equal.
    """
    name = "mean_class_accuracy" if source.synthetic else "accuracy"
    return Measure("accuracy", name.replace("_", " ") + " (%)", f"expression/{name}", 100, 2)


SCORE = Measure("score", "score (%)", "expression/abaw_score", 100, 2)  # .67 F1 + .33 accuracy, Aff-Wild2


def values_of(runs: Sequence[Planned], measure: Measure, source: Source, output: Path) -> list[float]:
    """Return the scaled metric of each run."""
    evaluations = [run_folder(output, source, run).read_evaluation() for run in runs]
    return [measure.scale * flat_metrics(evaluation)[measure.metric] for evaluation in evaluations]


def system_values(
    system: str, measure: Measure, source: Source, output: Path, seeds: int, *, smaller: bool = False
) -> list[float]:
    """Return the scaled metric of a system for each seed, from the run that has the metric's task."""
    task = measure.metric.partition("/")[0]
    presets = SYSTEMS[system]
    preset = presets[0] if len(presets) == 1 else f"{system}-{task}"
    runs = [run for run in of_system(system, seeds, smaller=smaller) if run.preset == preset]
    return values_of(runs, measure, source, output)
