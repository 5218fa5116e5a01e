"""Heads that are computed from the scores of others, without training: the default, its controls, and stacking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.run.build import build_units
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import COSINE, GENERATOR, KERNEL, LINEAR, SIGNED
from gcnlabel.run.ensembles.combination import Combination, Evidence
from gcnlabel.run.ensembles.combining import combine
from gcnlabel.studies.ablation.candidates import DEFAULT, SEED, STACKING
from gcnlabel.studies.ablation.stacking import stack

Scores = Mapping[str, Tensor]
Standard = Mapping[str, Mapping[str, Scores]]
"""Head -> split -> scores of each task, those of dimensions in standard units."""


def _with(control: str) -> tuple[str, ...]:
    return (LINEAR, COSINE, GENERATOR, f"{KERNEL}, {control}", f"{SIGNED}, {control}")


ENSEMBLES: dict[str, tuple[str, ...]] = {
    DEFAULT: (LINEAR, COSINE, GENERATOR, KERNEL, SIGNED),
    "default without a graph": (LINEAR, COSINE, GENERATOR),
    "default, labels shuffled": _with("labels shuffled"),
    "default, unsigned": _with("unsigned"),
    "5 linear heads": (LINEAR, *(SEED.format(k) for k in range(1, 5))),
}
"""Ensemble -> its base models; all are combined by the same rule, with stacking on the ensemble's own scores."""


def base_models_of(names: Iterable[str], known: Iterable[str]) -> set[str]:
    """Return the heads that must be trained to evaluate the heads ``names``."""
    trained = set()
    for name in names:
        trained |= set(ENSEMBLES.get(name, [LINEAR if name == STACKING else name]))
    return trained & set(known)


def derived(
    config: Config,
    data: RunData,
    scores: Standard,
    wanted: Iterable[str],
    left_out: Mapping[str, Scores] | None,
) -> tuple[dict[str, dict[str, Scores]], dict[str, Combination]]:
    """Return name -> split (``val``, ``test``) -> scores in the user's units, and the combination of each ensemble.

    Args:
        config: The config.
        data: The data.
        scores: Scores of trained heads for the ``train``, ``val`` and ``test`` split.
        wanted: Names of heads.
        left_out: Base model -> cross-fitted scores of training samples, if few samples are held out.
    """
    units, methods = build_units(config, data).eval(), calibration_methods(config, data.tasks)
    targets = {part: targets_to_tensors(data.parts[part].annotations) for part in ("train", "val")}
    standard = {part: units.standardized(of) for part, of in targets.items()}
    found: dict[str, dict[str, Scores]] = {}
    combinations: dict[str, Combination] = {}
    for name in wanted:
        if name == STACKING:
            values = {part: units(of) for part, of in scores[LINEAR].items()}
            found[name] = dict(zip(("val", "test"), stack(data.tasks, values, targets, methods), strict=True))
        elif name in ENSEMBLES and (names := [base for base in ENSEMBLES[name] if base in scores]):
            train, held = (
                Evidence({base: scores[base][part] for base in names}, standard[part]) for part in ("train", "val")
            )
            crossed = None if left_out is None else {base: left_out[base] for base in names}
            made = combinations[name] = combine(data.tasks, methods, train, held, crossed)
            found[name] = {
                part: units(made.scores(data.tasks, {base: scores[base][part] for base in names}))
                for part in ("val", "test")
            }
    return found, combinations


def is_possible(name: str, data: RunData, known: Iterable[str]) -> bool:
    """Return whether a derived head exists for the data: stacking needs dimensions and others, controls a graph."""
    if name == STACKING:
        return len({task.discrete for task in data.tasks}) == 2
    missing: Any = set(ENSEMBLES[name]) - set(known)
    return not missing or name == DEFAULT
