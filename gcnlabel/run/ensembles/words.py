"""Describe an ensemble: weights and performance of its base models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gcnlabel.decimals import decimal
from gcnlabel.run.ensembles.combination import Combination
from gcnlabel.tasks import TaskSet

MIN_SHOWN = 0.005
"""Smallest weight that is shown."""


def described(tasks: TaskSet, found: Combination, methods: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each task: weights of the base models, and their and the ensemble's held-out performance.

    Args:
        tasks: The tasks.
        found: The combination.
        methods: Dimensional task -> method of its calibration.
    """
    for task in tasks:
        weights, values = found.weights[task.name], dict(found.values[task.name])
        largest = sorted(weights, key=lambda name: -weights[name])
        parts = " + ".join(f"{weights[name]:.2f} {name}" for name in largest if weights[name] >= MIN_SHOWN)
        squared = methods.get(task.name) == "regression"
        measure = "loss" if task.discrete else "mean squared error" if squared else "CCC"
        sign = -1 if task.discrete or squared else 1
        whole = sign * values.pop("ensemble")
        each = ", ".join(f"{name} {decimal(sign * value, 3)}" for name, value in values.items())
        yield f"{task.name} = {parts}; held-out {measure} {decimal(whole, 3)} (alone: {each})"
