"""Check the changes of a config when a run is resumed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.training.schedules import SCHEDULES

CHANGEABLE = ("training.epochs", "training.workers", "calibrate")


def resumed_config(config: Config, wanted: Config, done: int) -> Config:
    """Return the config of a resumed run, after checking its changes.

    Args:
        config: Config of the run.
        wanted: Config that the caller wants.
        done: Number of finished epochs.

    Raises:
        InputError: They differ in more than :data:`CHANGEABLE`, or more epochs are finished than wanted.

    Warns:
        GcnlabelWarning: The learning rate depends on the number of epochs.
    """
    ours, theirs = flat(config), flat(wanted)
    differ = {key: (ours.get(key), theirs.get(key)) for key in ours | theirs if ours.get(key) != theirs.get(key)}
    fixed = [f"{key}: {old!r}, now {new!r}" for key, (old, new) in differ.items() if key not in CHANGEABLE]
    if fixed:
        raise InputError(
            f"the run has another config: {shorten(fixed)}",
            expected=f"the same except for {', '.join(CHANGEABLE)}",
            fix="use --resume without CONFIG for the run's own config; or --overwrite to train again",
        )
    if wanted.training.epochs < done:
        raise InputError(f"training.epochs: {wanted.training.epochs}", expected=f"at least the {done} finished epochs")
    if "training.epochs" in differ and done:
        if wanted.training.min_steps:
            raise InputError(
                f"training.epochs: {wanted.training.epochs} of a run with training.min_steps",
                expected=f"{config.training.epochs}: an epoch would have another number of batches",
                fix="train it again with --overwrite",
            )
        _warn_schedule(config, wanted, done)
    return wanted


def flat(config: Config) -> dict[str, Any]:
    """Return the values of a config by dotted keys."""
    return _flat(config.model_dump(), "")


def _flat(section: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in section.items():
        inside = isinstance(value, Mapping) and value
        values |= _flat(value, f"{prefix}{key}.") if inside else {f"{prefix}{key}": value}
    return values


def _warn_schedule(config: Config, wanted: Config, done: int) -> None:
    settings, epochs = config.optimizer, (config.training.epochs, wanted.training.epochs)
    rates = [settings.lr * SCHEDULES.make(settings.schedule, number)(done) for number in epochs]
    if not math.isclose(*rates, abs_tol=1e-12):
        warnings.warn(
            f"the {settings.schedule.name} schedule now spans {epochs[1]} epochs instead of {epochs[0]}: the learning "
            f"rate continues at {rates[1]:.3g}, not {rates[0]:.3g}; an uninterrupted training of {epochs[1]} epochs "
            "would give another result",
            GcnlabelWarning,
            stacklevel=4,
        )
