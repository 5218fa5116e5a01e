"""Published tensors -> a model of this package, every tensor accounted for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import BACKBONES, Backbone, LabelGraphHead, LinearHead, MultiTaskModel
from gcnlabel.papers.checkpoints.checkpoint import PublishedCheckpoint
from gcnlabel.papers.checkpoints.propagation import check_same_propagation, published_graph
from gcnlabel.tasks import TaskSet


@dataclass(frozen=True)
class Architecture:
    """A published network.

    Attributes:
        name: What messages call it.
        backbone: Its backbone, by our name.
        pool: Its global pooling.
        image_size: Side of the images it was published for.
        theirs: Maps our name of a backbone's tensor to the published one.
        unused: Published tensors that no forward pass uses.
        options: Further options of the backbone.
        alignment: How its code cropped faces; None where it took whole pictures.
    """

    name: str
    backbone: str
    pool: str
    image_size: int
    theirs: Callable[[str], str]
    unused: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    alignment: str | None = None


@dataclass(frozen=True)
class ImportedModel:
    """A model made of a published checkpoint.

    Attributes:
        model: Takes images as torchvision's weights do (0..1, less ImageNet's mean, over its deviation).
        tasks: What it predicts.
        graph: What it propagates with, with the label embeddings; None for a linear head.
        architecture: What it was.
        epoch: The epoch that the checkpoint notes, counted from 0; None when it notes none.
        assumed: What the checkpoint does not say and was taken for granted, a sentence each.
    """

    model: MultiTaskModel
    tasks: TaskSet
    graph: LabelGraph | None
    architecture: Architecture
    epoch: int | None
    assumed: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of embeddings, hidden layers and features: F, ..., D; D alone for a linear head."""
        head = self.model.head
        return head.gcn.sizes if isinstance(head, LabelGraphHead) else (head.in_features,)

    def names(self) -> LabelGraph:
        """Return a graph of the labels without edges, which tells how other tasks differ."""
        return LabelGraph.from_dense(torch.zeros(self.tasks.num_labels, self.tasks.num_labels), self.tasks)

    def in_order_of(self, tasks: TaskSet) -> ImportedModel:
        """Return the same model with its labels in the order of ``tasks``, matched by name.

        Raises:
            InputError: The names differ.
        """
        if tasks.labels == self.tasks.labels:
            return replace(self, tasks=tasks)
        self.names().reorder(tasks)  # checks that they are the same
        order = [self.tasks.index(label) for label in tasks.labels]
        old, graph = self.model.head, None if self.graph is None else self.graph.reorder(tasks)
        head: LabelGraphHead | LinearHead
        if isinstance(old, LabelGraphHead) and graph is not None:
            head = LabelGraphHead(graph, tasks, old.in_features, self.sizes[1:-1])
            head.gcn.load_state_dict(old.gcn.state_dict())
        else:
            biases = old.biases()
            head = linear_head(tasks, old.weight()[order], None if biases is None else biases[order])
        return replace(self, tasks=tasks, graph=graph, model=MultiTaskModel(self.model.backbone, head).eval())


def assemble(
    checkpoint: PublishedCheckpoint,
    architecture: Architecture,
    tasks: TaskSet,
    embeddings: Tensor | None,
    graph: LabelGraph | None,
) -> ImportedModel:
    """Return the model of a checkpoint whose label vectors are generated.

    Args:
        checkpoint: The published tensors.
        architecture: What they belong to.
        tasks: Tasks whose labels are the rows of A, in its order.
        embeddings: Label embeddings [L, F] in that order; None for those of ``graph``.
        graph: A graph that must propagate as the checkpoint does.

    Raises:
        InputError: Tensors are missing, left over or of another shape, or graph or embeddings do not fit.
    """
    history = f"A of {checkpoint.path.name}"
    inside = published_graph(checkpoint["A"], tasks, source=history)
    given = inside if graph is None else check_same_propagation(graph, inside)
    x = given.x if embeddings is None else embeddings
    if x is None:
        raise InputError("the label embeddings are not in the checkpoint", fix="give them: --embeddings FILE")
    backbone = load_backbone(checkpoint, architecture)
    weights = _generator(checkpoint, x, backbone.out_features)
    inside = inside.with_embeddings(x.float())
    head = LabelGraphHead(inside, tasks, backbone.out_features, [len(weight) for weight in weights[1:]])
    for conv, weight in zip(head.gcn.convs, weights, strict=True):
        conv.get_parameter("lin.weight").data.copy_(weight.T)
    return ImportedModel(MultiTaskModel(backbone, head).eval(), tasks, inside, architecture, checkpoint.epoch)


def linear_head(tasks: TaskSet, vectors: Tensor, biases: Tensor | None) -> LinearHead:
    """Return a linear head with given vectors [L, D] and biases [L]."""
    head = LinearHead(tasks, vectors.shape[1], bias=biases is not None)
    head.vectors.data.copy_(vectors)
    if head.bias is not None and biases is not None:
        head.bias.data.copy_(biases)
    return head


def _generator(checkpoint: PublishedCheckpoint, x: Tensor, out_features: int) -> list[Tensor]:
    """Return the weights gc1, gc2, ... of the layers, each [in, out], if they lead from embeddings to features."""
    count = 2 + sum(
        1 for _ in itertools.takewhile(checkpoint.state.__contains__, map("gc{}.weight".format, itertools.count(3)))
    )
    weights = [checkpoint[f"gc{k}.weight"] for k in range(1, count + 1)]
    ins = [weight.shape[0] if weight.dim() == 2 else 0 for weight in weights]
    if x.dim() == 2 and x.shape[1] != ins[0] > 0:
        raise InputError(
            f"label embeddings of size {x.shape[1]}",
            expected=f"{ins[0]}, the rows of the checkpoint's gc1.weight",
            fix="give the embeddings that it was trained with (GloVe 300-d in both papers)",
        )
    for k, (weight, end) in enumerate(zip(weights, [*ins[1:], out_features], strict=True), 1):
        if weight.dim() != 2 or end not in (weight.shape[1], 0):  # 0: the next one is at fault
            raise InputError(
                f"{checkpoint.path}: gc{k}.weight is of shape {list(weight.shape)}",
                expected=f"[in, {end or 'out'}], as the next layer or the backbone takes",
            )
    return weights


def load_backbone(checkpoint: PublishedCheckpoint, architecture: Architecture, heads: Iterable[str] = ()) -> Backbone:
    """Return the backbone with the published weights; counters of batches that old PyTorch did not keep are 0.

    Raises:
        InputError: Tensors are missing, of another shape, or left over besides A, gc1, gc2, ... and ``heads``.
    """
    with torch.device("meta"):  # its own weights are never drawn
        settings = {"name": architecture.backbone, "pool": architecture.pool, **architecture.options}
        backbone: Backbone = BACKBONES.make(settings, (3, architecture.image_size, architecture.image_size))
    wanted = {architecture.theirs(name): (name, value) for name, value in backbone.state_dict().items()}
    given = {name: value for name, value in checkpoint.state.items() if name not in set(heads)}
    for name in [name for name in wanted if name.endswith(".num_batches_tracked")]:
        given.setdefault(name, torch.tensor(0))
    _check_names(checkpoint, architecture, wanted, given)
    for name, (_, value) in wanted.items():
        if given[name].shape != value.shape:
            raise InputError(
                f"{checkpoint.path}: {name!r} is of shape {list(given[name].shape)}",
                expected=f"{list(value.shape)}, as in {architecture.name}",
            )
    backbone.load_state_dict({ours: given[name] for name, (ours, _) in wanted.items()}, assign=True)
    return backbone


def _check_names(
    checkpoint: PublishedCheckpoint, architecture: Architecture, wanted: Iterable[str], given: Iterable[str]
) -> None:
    wanted = set(wanted)
    missing = [name for name in wanted if name not in given]
    others = (name for name in given if name != "A" and not re.fullmatch(r"gc\d+\.weight", name))
    unknown = [name for name in others if name not in wanted and name not in architecture.unused]
    if missing or unknown:
        raise InputError(
            f"{checkpoint.path} is no {architecture.name}",
            where=f"{len(missing)} missing: {shorten(sorted(missing)) or 'none'}; "
            f"{len(unknown)} unknown: {shorten(sorted(unknown)) or 'none'}",
            expected="a checkpoint of that architecture, with every tensor of it and no other",
        )
