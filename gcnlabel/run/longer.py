"""What may change when a run goes on: how many epochs it has, and what does not touch its training."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.training.schedules import SCHEDULES

CHANGEABLE = ("training.epochs", "training.workers", "calibrate")


def gone_on_with(config: Config, wanted: Config, done: int) -> Config:
    """Return the config of a run that goes on as another config wants it.

    Args:
        config: Of the run.
        wanted: What the caller wants.
        done: Epochs that are finished.

    Raises:
        InputError: They differ in more than :data:`CHANGEABLE`, or more epochs are finished than are wanted.

    Warns:
        GcnlabelWarning: The learning rate depends on the number of epochs.
    """
    ours, theirs = flat(config), flat(wanted)
    differ = {key: (ours.get(key), theirs.get(key)) for key in ours | theirs if ours.get(key) != theirs.get(key)}
    fixed = [f"{key}: {old!r}, now {new!r}" for key, (old, new) in differ.items() if key not in CHANGEABLE]
    if fixed:
        raise InputError(
            f"the run has another config: {shorten(fixed)}",
            expected=f"the same but for {', '.join(CHANGEABLE)}",
            fix="--resume without CONFIG takes the run's own; --overwrite instead of --resume trains it anew",
        )
    if wanted.training.epochs < done:
        raise InputError(f"training.epochs: {wanted.training.epochs}", expected=f"at least {done}, which are finished")
    if "training.epochs" in differ and done:
        if wanted.training.min_steps:
            raise InputError(
                f"training.epochs: {wanted.training.epochs} of a run with training.min_steps",
                expected=f"{config.training.epochs}: an epoch would have another number of batches",
                fix="train it anew with --overwrite",
            )
        _say_schedule(config, wanted, done)
    return wanted


def flat(config: Config) -> dict[str, Any]:
    """Return the values of a config by their keys, with dots between the levels."""
    return _flat(config.model_dump(), "")


def _flat(section: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in section.items():
        inside = isinstance(value, Mapping) and value
        values |= _flat(value, f"{prefix}{key}.") if inside else {f"{prefix}{key}": value}
    return values


def _say_schedule(config: Config, wanted: Config, done: int) -> None:
    settings, epochs = config.optimizer, (config.training.epochs, wanted.training.epochs)
    rates = [settings.lr * SCHEDULES.make(settings.schedule, number)(done) for number in epochs]
    if not math.isclose(*rates, abs_tol=1e-12):
        warnings.warn(
            f"the {settings.schedule.name} schedule now spans {epochs[1]} epochs instead of {epochs[0]}: the learning "
            f"rate goes on at {rates[1]:.3g}, not {rates[0]:.3g}; {epochs[1]} epochs in one go would give another "
            "result",
            GcnlabelWarning,
            stacklevel=4,
        )
