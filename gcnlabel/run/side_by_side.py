"""Small models trained side by side, each as ``gcnlabel train`` would train it by itself."""

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
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.loaders import batch_plan, selection, steps
from gcnlabel.training import BatchPlan, Trial, fit, portions, predict

EXTENSIONS = 2
"""How often learning rates beyond the best one are tried, where that is the lowest or the highest."""


def check_side_by_side(config: Config) -> None:
    """Check that a config says nothing that ``gcnlabel train`` follows and models side by side do not.

    Weights of tasks that follow the losses would differ from model to model, and a difference between two heads could
    then be that of their weights.

    Raises:
        InputError: It does.
    """
    if config.weighting.name != "fixed":
        raise InputError(
            f"weighting: {config.weighting.name!r}",
            expected="fixed: what is compared is trained with the same weights of tasks",
            fix="--set weighting=fixed, with loss.TASK.weight for each task",
        )
    if config.select.split != "val":
        raise InputError(
            f"select.split: {config.select.split}",
            expected="val: the test split is what is compared on",
            fix="--set select.split=val",
        )
    if config.training.precision != "32-true":
        raise InputError(
            f"training.precision: {config.training.precision}",
            expected="32-true: models are trained side by side, in float32",
            fix="--set training.precision=32-true",
        )
    asked = {"training.average": config.training.average, "training.mix": config.training.mix}
    asked["evaluate.test_time"] = config.evaluate.test_time
    alone = next((key for key, value in asked.items() if value is not None), config.optimizer.alone)
    if alone is not None:
        raise InputError(
            alone,
            expected="what models side by side follow: AdamW, Adam or SGD, a schedule that no metric changes, no side "
            "frozen, no average of the weights, no mixed samples and no test-time augmentation",
            fix="leave it out of the config, or train the heads one by one with gcnlabel train",
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
    """Return a model to train on the data of a run as a config says.

    Args:
        config: The config.
        data: The data; its test split is not looked at.
        model: The model, freshly drawn.
        rate: Learning rate instead of the config's.
        seed: Seed of the order instead of the config's.
        kind: Of the architecture, where trials of several are fitted together.
    """
    loss = build_loss(config, data)
    if any(True for _ in loss.parameters()):
        raise InputError(
            "a loss that learns parameters of its own",
            expected="one without: models side by side are trained by fixed losses",
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
    """Train models by the recipe of a config; leave each with the weights of its selected epoch, and calibrated.

    ``value`` is that of the calibrated model.

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
    """Train models at several learning rates, and return each at the rate that is best on held-out samples.

    Where that is the lowest or highest, the rate beyond it is tried too, up to :data:`EXTENSIONS` times. Of equals, the
    lowest rate is taken.

    Args:
        config: The config.
        makers: Name -> what makes the trial of a learning rate.
        rates: The learning rates.
        progress: Called with the number of models that were trained together.
        bounds: As :func:`fit_trials` takes them.
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
    """Return the rate beyond the best one, where that is the lowest or the highest of several.

    Example:
        >>> beyond([0.1, 0.3, 1.0], 1.0), beyond([0.1, 0.3, 1.0], 0.3), beyond([0.1], 0.1)
        ([3.0], [], [])
    """
    if len(rates) < 2:
        return []
    return [best * 3] if best == max(rates) else [best / 3] if best == min(rates) else []


def _calibrate(config: Config, trial: Trial) -> None:
    """Calibrate a trained model on what it was trained on, and measure anew what selects."""
    model, tasks = trial.model, trial.model.head.tasks
    if methods := calibration_methods(config, tasks):
        calibrate(
            model, cast(Part, trial.train), methods, lambda part: predict(model.standard_scores, portions(part.inputs))
        )
        targets = targets_to_tensors(trial.held_out.annotations)
        scores = predict(model, portions(trial.held_out.inputs))
        trial.value = selection(config).value(trial.loss, tasks, scores, targets)
