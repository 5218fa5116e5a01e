"""Fold ensembles of linear and cosine heads into one layer of features and one of normalised features."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.cosine import CosineHead
from gcnlabel.nn.heads.ensemble import EnsembleHead
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.tasks import TaskSet

EPSILON = 1e-12
"""Smallest norm that features are divided by, as in :func:`torch.nn.functional.normalize`."""


class NormalizedHead(Head):
    """``score = x w + (x / |x|) u + b``.

    Args:
        tasks: Tasks to predict.
        in_features: Size of the features, D.

    Both products are one: ``x [W; U]``, the second half divided by ``|x|``.

    Attributes:
        vectors: W, [L, D].
        directions: U, [L, D].
        has_vectors: False, since a label has two vectors.
    """

    has_vectors = False

    def __init__(self, tasks: TaskSet, in_features: int) -> None:
        super().__init__(tasks, in_features, bias=True)
        self.both = nn.Parameter(torch.zeros(2, tasks.num_labels, in_features))

    @property
    def vectors(self) -> Tensor:
        """W, [L, D]."""
        return self.both[0]

    @property
    def directions(self) -> Tensor:
        """U, [L, D]."""
        return self.both[1]

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        linear, directed = F.linear(features, self.both.flatten(0, 1)).unflatten(1, (2, -1)).unbind(1)
        length = torch.linalg.vector_norm(features, dim=1, keepdim=True).clamp_min(EPSILON)
        return torch.addcdiv(linear + self.bias, directed, length)

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples; the scores of all labels are computed."""
        return self.scores(features)[:, labels]

    def weight(self) -> Tensor:
        """Not available: a label has two vectors.

        Raises:
            InputError: Always.
        """
        raise InputError("a normalised head has two vectors per label", fix="use its attributes vectors and directions")

    def fused(self) -> Head:
        """Return a copy."""
        return copy.deepcopy(self)


@torch.no_grad()
def fold_ensemble(ensemble: EnsembleHead) -> Head:
    """Return a head with the scores of an ensemble, without a graph.

    Linear base models, and cosine ones with ``keep_length``, become one linear layer, other cosine ones a layer over
    ``x / |x|``. With base models of other kinds, an ensemble of the fused base models is returned.
    """
    members = {name: head.fused() for name, head in ensemble.members.items()}
    if not all(_is_layer(head) for head in members.values()):
        fused = EnsembleHead(members).to(ensemble.mix.device, ensemble.mix.dtype)
        fused.load_state_dict({name: ensemble.get_buffer(name) for name in ("mix", "stacked", "offset")}, strict=False)
        return fused.train(ensemble.training)
    folded = NormalizedHead(ensemble.tasks, ensemble.in_features).to(ensemble.mix.device, ensemble.mix.dtype)
    layers = [_layers(head) for head in members.values()]
    vectors, directions, bias = (torch.stack(of) for of in zip(*layers, strict=True))
    folded.vectors.copy_(_stacked(ensemble, (ensemble.mix[:, :, None] * vectors).sum(0)))
    folded.directions.copy_(_stacked(ensemble, (ensemble.mix[:, :, None] * directions).sum(0)))
    assert folded.bias is not None
    folded.bias.copy_(_stacked(ensemble, ((ensemble.mix * bias).sum(0) + ensemble.offset)[:, None])[:, 0])
    return (folded if folded.directions.any() else _linear(folded)).train(ensemble.training)


def _is_layer(head: Head) -> bool:
    return type(head) is LinearHead or (isinstance(head, CosineHead) and type(head.head) is LinearHead)


def _layers(head: Head) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weights of features [L, D] and of normalised features [L, D], and the biases [L]."""
    weight, bias = head.weight(), head.biases()
    bias = weight.new_zeros(len(weight)) if bias is None else bias
    if not isinstance(head, CosineHead):
        return weight, torch.zeros_like(weight), bias
    task = head.get_buffer("_task")
    scaled, kept = weight * head.log_scale.exp()[task, None], head.get_buffer("_kept")[task, None]
    return scaled * kept, scaled * (1 - kept), bias


def _stacked(ensemble: EnsembleHead, rows: Tensor) -> Tensor:
    """Return rows [L, ...] with the stacked rows of classes and tags added to those of dimensions."""
    discrete, dimensions = ensemble.get_buffer("discrete"), ensemble.get_buffer("dimensions")
    return rows.index_add(0, dimensions, ensemble.stacked @ rows[discrete]) if ensemble.stacked.numel() else rows


def _linear(folded: NormalizedHead) -> LinearHead:
    head = LinearHead(folded.tasks, folded.in_features).to(folded.vectors.device, folded.vectors.dtype)
    assert head.bias is not None
    assert folded.bias is not None
    head.vectors.copy_(folded.vectors)
    head.bias.copy_(folded.bias)
    return head
