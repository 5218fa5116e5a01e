"""Results over seeds: mean, standard deviation, paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from gcnlabel.papers.emotion_gcn.plan import SYSTEMS, Planned, Source, of_system
from gcnlabel.papers.emotion_gcn.runner import run_folder
from gcnlabel.run.drawing import flat_metrics


@dataclass(frozen=True)
class Cell:
    """A number that was measured over seeds.

    Attributes:
        mean: Mean.
        sd: Standard deviation over seeds; None for one seed.
        interval: 95% interval of a paired difference; None for anything else, and for one seed.
    """

    mean: float
    sd: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Measure:
    """One column of a table.

    Attributes:
        key: Its name in :mod:`gcnlabel.papers.emotion_gcn.reported`.
        title: Its heading.
        metric: ``task/metric`` of the evaluation.
        scale: What the metric is multiplied with.
        digits: Digits that are printed.
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
    """Return the measure of classes; AffectNet's validation set is balanced, the synthetic faces are not.

    Their mean class accuracy is what the accuracy on balanced classes would be.
    """
    name = "mean_class_accuracy" if source.synthetic else "accuracy"
    return Measure("accuracy", name.replace("_", " ") + " (%)", f"expression/{name}", 100, 2)


SCORE = Measure("score", "score (%)", "expression/abaw_score", 100, 2)  # .67 F1 + .33 accuracy, Aff-Wild2


def values_of(runs: Sequence[Planned], measure: Measure, source: Source, output: Path) -> list[float]:
    """Return a metric of each run."""
    evaluations = [run_folder(output, source, run).read_evaluation() for run in runs]
    return [measure.scale * flat_metrics(evaluation)[measure.metric] for evaluation in evaluations]


def system_values(
    system: str, measure: Measure, source: Source, output: Path, seeds: int, *, smaller: bool = False
) -> list[float]:
    """Return a metric of a system for each seed, from that of its runs which has the task."""
    task = measure.metric.partition("/")[0]
    presets = SYSTEMS[system]
    preset = presets[0] if len(presets) == 1 else f"{system}-{task}"
    runs = [run for run in of_system(system, seeds, smaller=smaller) if run.preset == preset]
    return values_of(runs, measure, source, output)


def mean_cell(values: Sequence[float]) -> Cell:
    """Return mean and standard deviation (n - 1).

    Example:
        >>> mean_cell([1.0, 3.0])
        Cell(mean=2.0, sd=1.4142135623730951, interval=None)
    """
    return Cell(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None)


def paired_cell(values: Sequence[float], others: Sequence[float]) -> Cell:
    """Return the mean of the differences, seed by seed, with its 95% interval by Student's t.

    Example:
        >>> cell = paired_cell([2.0, 4.0, 3.0], [1.0, 1.0, 1.0])
        >>> cell.mean, [round(end, 3) for end in cell.interval]
        (2.0, [-0.484, 4.484])
    """
    differences = np.subtract(values, others)
    mean, n = float(differences.mean()), len(differences)
    if n < 2:
        return Cell(mean)
    half = float(stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n))
    return Cell(mean, interval=(mean - half, mean + half))
