"""Every label left out in turn, with several seeds: areas under the ROC curve, compared in pairs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import ttest_rel

from gcnlabel.config import Config
from gcnlabel.errors import DisagreeingEdgesWarning, GcnlabelWarning
from gcnlabel.metrics.auc import auc
from gcnlabel.processes import unordered
from gcnlabel.run.data import RunData
from gcnlabel.studies.zero_shot.choosing import Choice, choices
from gcnlabel.studies.zero_shot.edges import SPLITS as EDGES_OF_SPLIT
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.models import SPLITS
from gcnlabel.studies.zero_shot.scoring import (
    CHOSEN,
    HAS_LABEL,
    TRAINED,
    few_shot_scores,
    has_label_scores,
    trained_scores,
    zero_shot_scores,
)
from gcnlabel.studies.zero_shot.set_up import set_up
from gcnlabel.studies.zero_shot.training import on_features

Floats = npt.NDArray[np.float64]


def evaluate_zero_shot(
    config: Config,
    label: str | Sequence[str],
    *,
    seeds: int = 1,
    edges_from: str = "val",
    shots: int | None = None,
    data: RunData | None = None,
    workers: int | None = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Leave labels out of training, and return how well they are scored, beside baselines.

    For each label and seed the config's model is trained without it, extended by it (:meth:`MultiTaskModel.extend`)
    and measured on the test split, beside other rules, of which one is :func:`chosen <.choosing.choices>` beforehand.

    Args:
        config: Config with a head that generates its vectors from a measured graph, or the default where that does.
        label: A tag, several, or ``all``: each in turn.
        seeds: Number of seeds: the config's and those that follow it.
        edges_from: See :func:`~gcnlabel.studies.zero_shot.edges.other_statistics`.
        shots: Annotated training samples with the label, and without it; None for none.
        data: The data, when it is loaded already.
        workers: Processes that train, a seed each; None for one per processor.
        progress: Called with the numbers of seeds that are done, and of all.

    Returns:
        Plain values: ``labels``; ``methods``, see :func:`_methods`; ``choices``; ``compared``; ``notes``; ``warnings``.

    Raises:
        InputError: The label is no tag, or config, data and edges do not suit; see :func:`set_up`.
    """
    config, lefts, notes = set_up(config, label, edges_from, data)
    for text in notes["warnings"]:
        warnings.warn(text, DisagreeingEdgesWarning, stacklevel=2)
    chosen, upper = _chosen(config, lefts), edges_from in EDGES_OF_SPLIT and on_features(lefts[0].whole)
    work = partial(_areas if workers == 1 else _areas_elsewhere, config, lefts, shots, chosen, upper)
    found = _of_seeds(work, range(config.seed, config.seed + seeds), workers, progress)
    said = {"head": config.model.head.title, "convention": str(config.graph.convention), **notes, "split": "test"}
    return {"edges_from": edges_from, "positives": shots, **said, **_results(found, chosen)}


def _chosen(config: Config, lefts: Sequence[Left]) -> dict[str, Choice]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # of each of many graphs
        return choices(config, lefts, config.seed)


def _results(found: Mapping[int, Any], chosen: Mapping[str, Choice]) -> dict[str, Any]:
    """Return labels, seeds, what was chosen, areas, and the chosen rule compared with every other method."""
    methods = _methods([found[seed] for seed in sorted(found)])
    against = {name: compared(methods[CHOSEN]["auc"], of["auc"]) for name, of in methods.items() if name != CHOSEN}
    rules = {label: choice.plain() for label, choice in chosen.items()}
    return {"labels": list(chosen), "seeds": sorted(found), "choices": rules, "methods": methods, "compared": against}


def _of_seeds(
    work: Callable[[int], Any], seeds: range, workers: int | None, progress: Callable[[int, int], None]
) -> dict[int, Any]:
    """Return what is measured with each seed."""
    found: dict[int, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # of each of many graphs
        for seed, areas in unordered(work, seeds, workers):
            found[seed] = areas
            progress(len(found), len(seeds))
    return found


def compared(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> dict[str, float | None]:
    """Return the mean difference of two methods' areas [labels][seeds], and paired t-tests of it.

    Returns:
        ``difference``; ``p_seeds``, of the means over labels; ``p_labels``, of the means over seeds; None where there
        are fewer than two pairs.
    """
    difference = np.asarray(ours) - np.asarray(theirs)
    result: dict[str, float | None] = {"difference": float(np.nanmean(difference))}
    for name, axis in (("p_seeds", 0), ("p_labels", 1)):
        pairs = np.nanmean(difference, axis=axis)
        varies = len(pairs) > 1 and np.ptp(pairs) > 0
        result[name] = float(ttest_rel(pairs, np.zeros_like(pairs)).pvalue) if varies else None
    return result


def _areas_elsewhere(*given: Any) -> Any:
    """Return the areas, measured in a process of its own."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return _areas(*given)


def _areas(
    config: Config, lefts: Sequence[Left], shots: int | None, chosen: Mapping[str, Choice], upper: bool, seed: int
) -> dict[str, dict[str, list[float]]]:
    """Return the area of each label by each method, on each split."""
    if shots is None:
        of_labels = zero_shot_scores(config, lefts, seed, chosen)
    else:
        of_labels = few_shot_scores(config, lefts, seed, shots, chosen)
    if upper:
        of_labels = [{**scores, HAS_LABEL: of} for scores, of in zip(of_labels, has_label_scores(lefts), strict=True)]
    areas: dict[str, dict[str, list[float]]] = {split: {} for split in SPLITS}
    for left, scores, ceiling in zip(lefts, of_labels, trained_scores(config, lefts, seed), strict=True):
        task = left.whole.tasks.task_of(left.label)
        for name, of_splits in {**scores, TRAINED: ceiling}.items():
            for split, values in of_splits.items():
                targets = left.whole.parts[split].annotations.indicators(task.name)
                area = auc(values, targets[:, task.labels.index(left.label)])
                areas[split].setdefault(name, []).append(area)
    return areas


def _methods(of_seeds: Sequence[Any]) -> dict[str, Any]:
    """Return the areas of each method on the test split, with their summary, and those on the val split."""
    return {
        name: {
            **_summary(np.array([areas["test"][name] for areas in of_seeds]).T),
            "val_auc": np.array([areas["val"][name] for areas in of_seeds]).T.tolist(),
        }
        for name in of_seeds[0]["test"]
    }


def _summary(areas: Floats) -> dict[str, Any]:
    of_seeds = np.nanmean(areas, axis=0)
    sd = float(of_seeds.std(ddof=1)) if len(of_seeds) > 1 else None
    return {"auc": areas.tolist(), "mean": float(of_seeds.mean()), "sd": sd}
