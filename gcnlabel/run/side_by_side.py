"""Train many small models at once, each with the result of ``gcnlabel train``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from gcnlabel.config import Config
from gcnlabel.data import AUGMENTATIONS, targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.build import build_loss, build_optimizer, build_schedule
from gcnlabel.run.calibration import calibrate, calibration_methods
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.loaders import batch_plan, selection, steps
from gcnlabel.training import BatchPlan, Trial, fit, portions, predict

EXTENSIONS = 2
"""Number of further learning rates to try beyond the lowest or highest, while that is the best."""


def check_side_by_side(config: Config) -> None:
    """Check that batched training supports every setting of a config.

    Weights of tasks that depend on the losses are refused too: they would differ between compared models.

    Raises:
        InputError: A setting is not supported.
    """
    if config.weighting.name != "fixed":
        raise InputError(
            f"weighting: {config.weighting.name!r}",
            expected="fixed: compared models are trained with the same weights of tasks",
            fix="--set weighting=fixed, with loss.TASK.weight for each task",
        )
    if config.select.split != "val":
        raise InputError(
            f"select.split: {config.select.split}",
            expected="val: models are compared on the test split",
            fix="--set select.split=val",
        )
    if config.training.precision != "32-true":
        raise InputError(
            f"training.precision: {config.training.precision}",
            expected="32-true: models are trained together, in float32",
            fix="--set training.precision=32-true",
        )
    asked = {"training.average": config.training.average, "training.mix": config.training.mix}
    asked["evaluate.test_time"] = config.evaluate.test_time
    alone = next((key for key, value in asked.items() if value is not None), config.optimizer.alone)
    if alone is not None:
        raise InputError(
            alone,
            expected="a setting for models that are trained together: AdamW, Adam or SGD, a schedule that does not "
            "follow a metric, no frozen side, no weight averaging, no mixing and no test-time augmentation",
            fix="leave it out of the config, or train each head with gcnlabel train",
        )


def make_trial(
    config: Config,
    data: RunData,
    model: MultiTaskModel,
    *,
    rate: float | None = None,
    seed: int | None = None,
    kind: Hashable = None,
) -> Trial:
    """Return the trial of a model on the data of a run, by a config.

    Args:
        config: The config.
        data: The data; its test split is not used.
        model: The initialised model.
        rate: Learning rate; None for the config's.
        seed: Seed of the order of samples; None for the config's.
        kind: Key of the architecture, if trials of several architectures are fitted together.

    Raises:
        InputError: The loss has learned parameters.
    """
    loss = build_loss(config, data)
    if any(True for _ in loss.parameters()):
        raise InputError(
            "a loss with learned parameters",
            expected="a loss without parameters: models that are trained together have fixed losses",
            fix="train it with gcnlabel train, or name another loss",
        )
    return Trial(
        model,
        loss,
        data.parts["train"],
        data.parts[config.select.split],
        rate=config.optimizer.lr if rate is None else rate,
        seed=config.seed if seed is None else seed,
        kind=kind,
    )


def fit_trials(
    config: Config,
    trials: Sequence[Trial],
    progress: Callable[[int], None] = lambda trained: None,
    **bounds: int | None,
) -> None:
    """Train models by a config; each ends with the weights of its selected epoch, and calibrated.

    ``value`` of a trial is that of the calibrated model.

    Args:
        config: The config.
        trials: The models.
        progress: Called with the number of models that were trained together.
        bounds: ``min_steps`` or ``max_steps`` of :class:`~gcnlabel.training.BatchPlan` instead of the config's.
    """
    plan: BatchPlan = replace(batch_plan(config), **bounds)  # type: ignore[arg-type]
    augment = AUGMENTATIONS.make(config.training.augment)
    rules = (build_optimizer(config, fused=True), build_schedule(config), augment)
    fit(trials, plan, selection(config), *rules, progress=progress, steps=steps(config))
    for trial in trials:
        if trial.epoch:  # it has not diverged
            _calibrate(config, trial)


def tuned(
    config: Config,
    makers: Mapping[str, Callable[[float], Trial]],
    rates: Sequence[float],
    progress: Callable[[int], None] = lambda trained: None,
    **bounds: int | None,
) -> dict[str, Trial]:
    """Train models at several learning rates; return each at the rate that is best on held-out samples.

    If that is the lowest or highest rate, the next rate beyond it is tried too, up to :data:`EXTENSIONS` times. On
    ties, the lowest rate is returned.

    Args:
        config: The config.
        makers: Name -> function from a learning rate to its trial.
        rates: The learning rates.
        progress: Called with the number of models that were trained together.
        bounds: As for :func:`fit_trials`.
    """
    found: dict[str, list[Trial]] = {name: [] for name in makers}
    todo = {name: list(rates) for name in makers}
    best: dict[str, Trial] = {}
    for _ in range(1 + EXTENSIONS):
        new = [(name, makers[name](rate)) for name, of in todo.items() for rate in of]
        fit_trials(config, [trial for _, trial in new], progress, **bounds)
        for name, trial in new:
            found[name].append(trial)
        best = {name: max(of, key=lambda trial: (trial.value, -trial.rate)) for name, of in found.items()}
        todo = {name: beyond([trial.rate for trial in of], best[name].rate) for name, of in found.items()}
        if not any(todo.values()):
            break
    return best


def beyond(rates: Sequence[float], best: float) -> list[float]:
    """Return the next rate beyond the best one, if that is the lowest or highest of several; else an empty list.

    Example:
        >>> beyond([0.1, 0.3, 1.0], 1.0), beyond([0.1, 0.3, 1.0], 0.3), beyond([0.1], 0.1)
        ([3.0], [], [])
    """
    if len(rates) < 2:
        return []
    return [best * 3] if best == max(rates) else [best / 3] if best == min(rates) else []


def _calibrate(config: Config, trial: Trial) -> None:
    """Calibrate a trained model on its training samples, and update the value of its selection."""
    model, tasks = trial.model, trial.model.head.tasks
    if methods := calibration_methods(config, tasks):
        calibrate(
            model,
            cast(SampleSet, trial.train),
            methods,
            lambda part: predict(model.standard_scores, portions(part.inputs)),
        )
        targets = targets_to_tensors(trial.held_out.annotations)
        scores = predict(model, portions(trial.held_out.inputs))
        trial.value = selection(config).value(trial.loss, tasks, scores, targets)
