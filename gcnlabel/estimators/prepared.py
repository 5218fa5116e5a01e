"""What is given to ``fit`` -> what is trained on and held out; imported when an estimator is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.hold_out import hold_out
from gcnlabel.estimators.weights import ALWAYS, copies, distinct, repeated
from gcnlabel.run.data import Part, RunData

SELECTING = 0.1
"""Share of the samples by which an ensemble selects."""


@dataclass(frozen=True)
class Prepared:
    """Data of a training.

    Attributes:
        data: Parts ``train`` and ``val``, in which samples stand as often as they weigh.
        samples: Number of samples that is counted for the number of batches, however many copies there are.
        whole: All samples, and the number of them that is counted, on which an ensemble that has selected by ``val`` is
            trained again; None for no second training.
    """

    data: RunData
    samples: float
    whole: tuple[Part, int] | None


def prepared(
    inputs: npt.NDArray[np.float32],
    annotations: Annotations,
    weights: npt.NDArray[np.float64],
    fraction: float | None,
    seed: int,
) -> Prepared:
    """Return the data of a training.

    Args:
        inputs: Features [N, D].
        annotations: Targets of the same samples.
        weights: Their weights [N], each above 0.
        fraction: Share that is held out; None for a tenth, by which an ensemble selects before it is trained again.
        seed: Seed of what is held out.
    """
    count = len(weights)
    rows, weights = distinct(inputs, annotations, weights)
    inputs, annotations = inputs[rows], annotations.select(rows)
    train, held = hold_out(annotations, SELECTING if fraction is None else fraction, seed)
    times = copies(weights, seed, most=max(ALWAYS, count))

    def part(of: npt.NDArray[np.int64]) -> Part:
        of = repeated(of, times)
        return Part(annotations.select(of), inputs[of])

    again = fraction is None and len(train) < len(rows)
    whole = (part(np.arange(len(rows))), count) if again else None
    data = RunData(annotations.tasks, {"train": part(train), "val": part(held)})
    return Prepared(data, count * len(train) / len(rows), whole)
