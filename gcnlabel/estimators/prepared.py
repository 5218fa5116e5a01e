"""Prepare the training and held-out data of ``fit``; imported when an estimator is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.hold_out import hold_out
from gcnlabel.estimators.weights import ALWAYS, copies, distinct, repeated
from gcnlabel.run.data import RunData, SampleSet

SELECTING = 0.1
"""Fraction of samples that an ensemble holds out for selection."""


@dataclass(frozen=True)
class Prepared:
    """Data for training.

    Attributes:
        data: Splits ``train`` and ``val``, with samples repeated by weight.
        samples: Number of samples, without copies, for the number of batches.
        whole: All samples and their number, for a second training of an ensemble; None without a second training.
    """

    data: RunData
    samples: float
    whole: tuple[SampleSet, int] | None


def prepared(
    inputs: npt.NDArray[np.float32],
    annotations: Annotations,
    weights: npt.NDArray[np.float64],
    fraction: float | None,
    seed: int,
) -> Prepared:
    """Return the data for training.

    Args:
        inputs: Features [N, D].
        annotations: Targets of the same samples.
        weights: Their weights [N], each above 0.
        fraction: Held-out fraction; None for a tenth and a second training on all samples.
        seed: Seed of the hold-out.
    """
    count = len(weights)
    rows, weights = distinct(inputs, annotations, weights)
    inputs, annotations = inputs[rows], annotations.select(rows)
    train, held = hold_out(annotations, SELECTING if fraction is None else fraction, seed)
    times = copies(weights, seed, most=max(ALWAYS, count))

    def part(of: npt.NDArray[np.int64]) -> SampleSet:
        of = repeated(of, times)
        return SampleSet(annotations.select(of), inputs[of])

    again = fraction is None and len(train) < len(rows)
    whole = (part(np.arange(len(rows))), count) if again else None
    data = RunData(annotations.tasks, {"train": part(train), "val": part(held)})
    return Prepared(data, count * len(train) / len(rows), whole)
