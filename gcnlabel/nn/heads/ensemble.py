"""Ensembles of heads: a weighted mean of scores, and stacking of dimensions on the scores of other labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from gcnlabel.constants import register_constants
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption


class EnsembleHead(Head):
    """``s = Σ_m a_m ∘ s_m + c``, and for dimensions ``s + B s_discrete``: scores s_m of base models, as one head.

    a, B and c are buffers that :mod:`gcnlabel.run.combining` fits on held-out samples after training. Before that, a is
    1 / M, and B and c are 0. In training, each base model has its own loss, see
    :meth:`gcnlabel.nn.MultiTaskModel.losses`.

    Args:
        heads: Name -> base model, all of the same tasks and features.

    Attributes:
        mix: a, [M, L].
        stacked: B, [dimensions, labels of classes and tags].
        offset: c, [L].

    Raises:
        InputError: There is no base model, or they differ in tasks or features.

    Example:
        >>> from gcnlabel.nn import LinearHead
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> first, second = LinearHead(tasks, 4), LinearHead(tasks, 4)
        >>> mean = (first.weight() + second.weight()) / 2
        >>> head, x = EnsembleHead({"first": first, "second": second}), torch.ones(1, 4)
        >>> torch.allclose(head(x)["tags"], x @ mean.T)
        True
    """

    mix: Tensor
    stacked: Tensor
    offset: Tensor

    def __init__(self, heads: Mapping[str, Head]) -> None:
        if not heads:
            raise InputError("an ensemble without base models", expected="name -> head")
        first = next(iter(heads.values()))
        for name, head in heads.items():
            if head.tasks != first.tasks or head.in_features != first.in_features:
                raise InputError(f"base model {name!r} has other tasks or features", expected="the same for all")
        super().__init__(first.tasks, first.in_features, bias=False)
        self.names = list(heads)
        self.heads = nn.ModuleList(heads.values())
        discrete = torch.tensor([task.discrete for task in self.tasks for _ in task.labels])
        size, places = self.tasks.num_labels, discrete.nonzero()[:, 0]
        self.register_buffer("mix", torch.full((len(heads), size), 1 / len(heads)))
        self.register_buffer("stacked", torch.zeros(size - len(places), len(places)))
        self.register_buffer("offset", torch.zeros(size))
        register_constants(self, discrete=places, dimensions=(~discrete).nonzero()[:, 0])

    @property
    def members(self) -> dict[str, Head]:
        """Name -> base model."""
        return {name: head for name, head in zip(self.names, self.heads, strict=True) if isinstance(head, Head)}

    @property
    def has_vectors(self) -> bool:  # type: ignore[override]
        """Whether a base model has label vectors."""
        return any(head.has_vectors for head in self.members.values())

    @property
    def generated(self) -> bool:
        """Whether a base model generates its vectors."""
        return any(head.generated for head in self.members.values())

    def weight(self) -> Tensor:
        """Return the label vectors [L, D] of the first base model that generates them, else of the first that has some.

        Raises:
            InputError: No base model has label vectors.
        """
        having = [head for head in self.members.values() if head.has_vectors]
        if not having:
            raise InputError("no base model has label vectors")
        return next((head for head in having if head.generated), having[0]).weight()

    @torch.no_grad()
    def take(self, mix: Tensor, stacked: Tensor, offset: Tensor, places: Sequence[int] | None = None) -> None:
        """Set a, B and c; row m of a belongs to base model ``places[m]``, and other base models get weight 0."""
        self.mix.zero_()
        self.mix[list(range(len(self.mix)) if places is None else places)] = mix.to(self.mix)
        self.stacked.copy_(stacked)
        self.offset.copy_(offset)

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        return self.combined(torch.stack([head.scores(features) for head in self.members.values()]))

    def combined(self, scores: Tensor) -> Tensor:
        """Return the scores of all labels [B, L] from those of the base models [M, B, L]."""
        mixed = torch.einsum("mbl,ml->bl", scores, self.mix) + self.offset
        return with_stacked(mixed, self.stacked, self.get_buffer("discrete"), self.get_buffer("dimensions"))

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples; the scores of all labels are computed."""
        return self.scores(features)[:, labels]

    def extended(self, graph: LabelGraph) -> Head:
        """Return the first base model that generates its vectors, over a larger graph.

        Raises:
            InputError: No base model generates its vectors.
        """
        generated = next((head for head in self.members.values() if head.generated), None)
        return super().extended(graph) if generated is None else generated.extended(graph)

    @torch.no_grad()
    def pruned(self) -> EnsembleHead:
        """Return an ensemble of the base models with non-zero weights; its scores are the same."""
        used = [m for m, weights in enumerate(self.mix) if weights.any()] or [0]
        members = list(self.members.items())
        head = EnsembleHead(dict(members[m] for m in used)).to(self.mix.device, self.mix.dtype)
        for name in ("stacked", "offset"):
            head.get_buffer(name).copy_(self.get_buffer(name))
        head.mix.copy_(self.mix[used])
        return head.train(self.training)

    def fused(self) -> Head:
        """Return a head with the same scores, without a graph; linear and normalised base models become one layer."""
        from gcnlabel.nn.heads.normalized import fold_ensemble  # avoids a circular import

        return fold_ensemble(self.pruned())


def with_stacked(scores: Tensor, stacked: Tensor, discrete: Tensor, dimensions: Tensor) -> Tensor:
    """Return scores [B, L], those of dimensions with ``B s_discrete`` added.

    Args:
        scores: s, [B, L].
        stacked: B, [dimensions, labels of classes and tags].
        discrete: Positions of the labels of classes and tags.
        dimensions: Positions of the dimensions.
    """
    if not stacked.numel():
        return scores
    return scores.index_add(1, dimensions, scores[:, discrete] @ stacked.T)


@HEADS.register("ensemble")
def ensemble(context: HeadContext, *, of: dict[str, HeadOption]) -> EnsembleHead:
    """Return an ensemble of heads, whose weights are fitted on held-out samples after training.

    Args:
        context: Tasks, features and graph.
        of: Name -> head.
    """
    return EnsembleHead({name: context.make(head) for name, head in of.items()})
