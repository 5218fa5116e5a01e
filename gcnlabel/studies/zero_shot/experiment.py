"""Evaluate each left-out label with several seeds: AUC of all methods, and paired comparisons."""

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
    """Leave labels out of training, and return the AUC of their scores, compared with baselines.

    For each label and seed, the model is trained without the label, extended by it (:meth:`MultiTaskModel.extend`), and
    evaluated on the test split with other rules, of which one is chosen beforehand, see :func:`.choosing.choices`.

    Args:
        config: Config with a head that generates its vectors from a measured graph, or with the default head.
        label: A tag, several, or ``all``: each in turn.
        seeds: Number of seeds, starting with the config's.
        edges_from: See :func:`~gcnlabel.studies.zero_shot.edges.other_statistics`.
        shots: Number of annotated training samples with the label, and without it; None for zero-shot.
        data: The data, if it is loaded already.
        workers: Number of training processes, one seed each; None for one per processor.
        progress: Called with the number of finished seeds, and of all.

    Returns:
        Plain values: ``labels``; ``methods``, see :func:`_methods`; ``choices``; ``compared``; ``notes``; ``warnings``.

    Raises:
        InputError: A label is not a tag, or config, data or edges are invalid; see :func:`set_up`.
    """
    config, lefts, notes = set_up(config, label, edges_from, data)
    for text in notes["warnings"]:
        warnings.warn(text, DisagreeingEdgesWarning, stacklevel=2)
    chosen, upper = _chosen(config, lefts), edges_from in EDGES_OF_SPLIT and on_features(lefts[0].whole)
    work = partial(_areas if workers == 1 else _areas_elsewhere, config, lefts, shots, chosen, upper)
    found = _of_seeds(work, range(config.seed, config.seed + seeds), workers, progress)
    values = {"head": config.model.head.title, "convention": str(config.graph.convention), **notes, "split": "test"}
    return {"edges_from": edges_from, "positives": shots, **values, **_results(found, chosen)}


def _chosen(config: Config, lefts: Sequence[Left]) -> dict[str, Choice]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # one for each of many graphs
        return choices(config, lefts, config.seed)


def _results(found: Mapping[int, Any], chosen: Mapping[str, Choice]) -> dict[str, Any]:
    """Return labels, seeds, choices, AUC of methods, and the chosen rule compared with every other method."""
    methods = _methods([found[seed] for seed in sorted(found)])
    against = {name: compared(methods[CHOSEN]["auc"], of["auc"]) for name, of in methods.items() if name != CHOSEN}
    rules = {label: choice.plain() for label, choice in chosen.items()}
    return {"labels": list(chosen), "seeds": sorted(found), "choices": rules, "methods": methods, "compared": against}


def _of_seeds(
    work: Callable[[int], Any], seeds: range, workers: int | None, progress: Callable[[int, int], None]
) -> dict[int, Any]:
    """Return seed -> AUC of each label by each method."""
    found: dict[int, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # one for each of many graphs
        for seed, areas in unordered(work, seeds, workers):
            found[seed] = areas
            progress(len(found), len(seeds))
    return found


def compared(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> dict[str, float | None]:
    """Return the mean difference of two methods' AUC [labels][seeds], with paired t-tests.

    Returns:
        ``difference``; ``p_seeds``, p-value for the means over labels; ``p_labels``, p-value for the means over seeds;
        None for fewer than two pairs.
    """
    difference = np.asarray(ours) - np.asarray(theirs)
    result: dict[str, float | None] = {"difference": float(np.nanmean(difference))}
    for name, axis in (("p_seeds", 0), ("p_labels", 1)):
        pairs = np.nanmean(difference, axis=axis)
        varies = len(pairs) > 1 and np.ptp(pairs) > 0
        result[name] = float(ttest_rel(pairs, np.zeros_like(pairs)).pvalue) if varies else None
    return result


def _areas_elsewhere(*given: Any) -> Any:
    """Return the AUC values, computed in one of several processes."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return _areas(*given)


def _areas(
    config: Config, lefts: Sequence[Left], shots: int | None, chosen: Mapping[str, Choice], upper: bool, seed: int
) -> dict[str, dict[str, list[float]]]:
    """Return split -> method -> AUC of each label."""
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
    """Return method -> its AUC values on the test split with mean and deviation, and those on the val split."""
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
