"""Decision thresholds tuned on held-out data."""

from __future__ import annotations

import torch
from torch import Tensor

from gcnlabel.errors import InputError


def tune_thresholds(
    scores: Tensor, targets: Tensor, objective: str = "micro_f1", *, unknown: str = "left-out"
) -> Tensor:
    """Return the thresholds [labels] that maximise F1 on held-out data.

    ``micro_f1`` chooses one threshold for all labels, ``macro_f1`` one for each label. A threshold lies halfway
    between two neighbouring scores; a label without a positive keeps 0.

    Args:
        scores: [N, labels].
        targets: 0 / 1 [N, labels], NaN = missing, left out.
        objective: ``micro_f1`` or ``macro_f1``.
        unknown: ``negative`` counts missing labels as negative, as in :func:`multilabel_metrics`.

    Raises:
        InputError: The objective is unknown.

    Example:
        >>> tune_thresholds(torch.tensor([[2.0], [1.0], [-3.0]]), torch.tensor([[1.0], [1.0], [0.0]])).tolist()
        [-1.0]
    """
    if objective not in ("micro_f1", "macro_f1"):
        raise InputError(f"objective {objective!r}", expected="micro_f1 | macro_f1")
    if unknown == "negative":
        targets = targets.nan_to_num(0)
    if objective == "micro_f1":
        return best_threshold(scores.flatten(), targets.flatten()).expand(scores.shape[1]).clone()
    return torch.stack([best_threshold(scores[:, i], targets[:, i]) for i in range(scores.shape[1])])


def best_threshold(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the threshold that maximises ``F1 = 2 hits / (predicted + true)`` of scores [N], a scalar tensor."""
    seen = ~torch.isnan(targets)
    ordered, order = scores[seen].double().sort(descending=True)
    positive = targets[seen][order].double()
    if positive.sum() == 0:
        return torch.zeros((), device=scores.device)
    rank = torch.arange(1, len(ordered) + 1, dtype=torch.float64, device=scores.device)
    f1 = 2 * positive.cumsum(0) / (rank + positive.sum())
    f1[:-1][ordered[1:] == ordered[:-1]] = 0  # no threshold lies between equal scores
    best = int(f1.argmax())
    below = ordered[best + 1] if best + 1 < len(ordered) else ordered[best] - 1
    return ((ordered[best] + below) / 2).float()
