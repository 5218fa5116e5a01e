"""Fold heads whose scores are linear in the features into plain linear layers."""

from __future__ import annotations

import torch

from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.units import Units

LABELS_AT_ONCE = 2**14
"""Number of label vectors that are generated at once, which bounds the memory of folding."""


@torch.no_grad()
def fold(head: Head) -> LinearHead:
    """Return a linear head with the current vectors of a head: the same scores, without a graph.

    Args:
        head: Any head whose scores are ``X Wᵀ + b``.

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> head = LinearHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> torch.equal(fold(head).weight(), head.weight())
        True
    """
    example = head.weight_of(torch.zeros(1, dtype=torch.int64, device=next(head.parameters()).device))
    bias = head.biases()
    with torch.device("meta"):
        folded = LinearHead(head.tasks, head.in_features, bias=bias is not None)
    folded = folded.to_empty(device=example.device).to(example.dtype)
    for labels in torch.arange(head.tasks.num_labels, device=example.device).split(LABELS_AT_ONCE):
        folded.vectors[labels] = head.weight_of(labels)
    if folded.bias is not None and bias is not None:
        folded.bias.copy_(bias)
    return folded.train(head.training)


@torch.no_grad()
def fold_units(head: LinearHead, units: Units) -> tuple[LinearHead, Units]:
    """Return a linear head whose scores are in the user's units, and the remaining part of the units: the bounds.

    ``sd (x w + b) + mean = x (sd w) + (sd b + mean)``.

    Args:
        head: A linear head, whose scores of dimensions are in standard units.
        units: The units of its tasks.
    """
    mean, sd = units.of_labels()
    scaled = LinearHead(head.tasks, head.in_features, bias=head.bias is not None or bool(mean.any()))
    scaled = scaled.to(head.vectors.device, head.vectors.dtype).train(head.training)
    scaled.vectors.copy_(head.vectors * sd[:, None])
    if scaled.bias is not None:
        scaled.bias.copy_(mean if head.bias is None else head.bias * sd + mean)
    left = Units(units.tasks).to(units.mean.device, units.mean.dtype)
    return scaled, left.train(units.training)
