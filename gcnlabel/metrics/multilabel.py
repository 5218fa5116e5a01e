"""Metrics of a multi-label task."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gcnlabel.metrics.ranking import ranking_metrics


def multilabel_metrics(
    scores: Tensor,
    targets: Tensor,
    labels: tuple[str, ...],
    thresholds: Tensor | None = None,
    *,
    unknown: str = "left-out",
) -> dict[str, Any]:
    """Return every metric of a multi-label task.

    ``mAP``; micro- and macro-F1; ML-GCN's protocol ``CP CR CF1 OP OR OF1``, over all predictions and for ``top3_``
    (those among the three highest of a sample); Hamming loss, subset accuracy; LRAP, ranking loss, coverage and one
    error. Labels without a positive in the split are left out of the averages over labels and listed in ``absent``.

    Args:
        scores: [N, labels].
        targets: 0 / 1 [N, labels], NaN = missing, left out.
        labels: Names of the labels.
        thresholds: Score from which a label counts as predicted [labels]; 0 (probability 0.5) when None.
        unknown: ``negative`` counts missing labels as negative in all metrics but mAP and the ranking metrics: ML-GCN's
            protocol for VOC's difficult classes.
    """
    scores, seen = scores.double(), ~torch.isnan(targets)
    decided = torch.ones_like(seen) if unknown == "negative" else seen
    positive, there = targets == 1, (targets == 1).any(0)
    absent = [name for name, some in zip(labels, there.tolist(), strict=True) if not some]
    if not seen.any():
        return {"absent": absent}
    predicted = (scores >= (0 if thresholds is None else thresholds.to(scores))) & decided
    wrong = (predicted != positive) & decided
    top3 = decision_metrics(predicted & _top(scores, decided, 3), positive, there)
    return {
        **decision_metrics(predicted, positive, there),
        **{f"top3_{key}": value for key, value in top3.items() if not key.endswith("_f1")},
        **ranking_metrics(scores, positive, seen),
        "hamming_loss": float(wrong.sum() / decided.sum()),
        "subset_accuracy": float((~wrong.any(1)).double().mean()),
        **_mean_average_precision(scores, positive, seen),
        "absent": absent,
    }


def _mean_average_precision(scores: Tensor, positive: Tensor, seen: Tensor) -> dict[str, float]:
    columns = positive.any(0).nonzero().flatten().tolist()
    precisions = [average_precision(scores[seen[:, c], c], positive[seen[:, c], c]) for c in columns]
    return {"mAP": sum(precisions) / len(precisions)} if precisions else {}


def decision_metrics(predicted: Tensor, positive: Tensor, there: Tensor) -> dict[str, float]:
    """Return micro- and macro-F1 and ML-GCN's CP, CR, CF1, OP, OR, OF1 (Chen et al. 2019, Section 4.1).

    With hits, predicted and true counts of each label: ``CP = mean(hits / predicted)``, ``CR = mean(hits / true)`` and
    ``CF1 = 2 CP CR / (CP + CR)`` over the labels that occur; ``OP``, ``OR``, ``OF1`` the same from sums over all
    labels. 0 / 0 counts as 0. Micro-F1 equals OF1.

    Args:
        predicted: bool [N, labels].
        positive: bool [N, labels].
        there: Labels that occur, bool [labels].
    """
    hits = (predicted & positive).sum(0).double()
    guesses, true = predicted.sum(0).double(), positive.sum(0).double()
    f1 = _ratio(2 * hits, guesses + true)
    cp, cr = _mean(_ratio(hits, guesses)[there]), _mean(_ratio(hits, true)[there])
    op, or_ = float(_ratio(hits.sum(), guesses.sum())), float(_ratio(hits.sum(), true.sum()))
    return {
        "micro_f1": _harmonic(op, or_),
        "macro_f1": _mean(f1[there]),
        "CP": cp,
        "CR": cr,
        "CF1": _harmonic(cp, cr),
        "OP": op,
        "OR": or_,
        "OF1": _harmonic(op, or_),
    }


def average_precision(scores: Tensor, positive: Tensor) -> float:
    """Return ``sum_k (R_k - R_{k-1}) P_k`` over the distinct scores, highest first.

    Args:
        scores: [N].
        positive: bool [N], at least one true.

    Example:
        >>> average_precision(torch.tensor([3.0, 2.0, 1.0]), torch.tensor([True, False, True]))
        0.8333333333333333
    """
    ordered, order = scores.sort(descending=True)
    hits = positive[order].double().cumsum(0)
    last = torch.ones_like(ordered, dtype=torch.bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    rank = torch.arange(1, len(ordered) + 1, dtype=torch.float64, device=scores.device)[last]
    recall = hits[last] / hits[-1]
    return float((recall.diff(prepend=recall.new_zeros(1)) * hits[last] / rank).sum())


def _top(scores: Tensor, seen: Tensor, k: int) -> Tensor:
    """Return which labels are among the k highest of their sample, bool [N, labels]."""
    best = scores.masked_fill(~seen, -torch.inf).topk(min(k, scores.shape[1]), dim=1).indices
    return torch.zeros_like(seen).scatter_(1, best, True)


def _ratio(a: Tensor, b: Tensor) -> Tensor:
    return torch.where(b > 0, a / b.clamp(min=1), 0)


def _mean(values: Tensor) -> float:
    return float(values.mean()) if len(values) else 0.0


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b > 0 else 0.0
