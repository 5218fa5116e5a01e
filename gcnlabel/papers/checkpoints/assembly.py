"""Build a model of this package from published tensors; missing or unknown tensors are an error."""

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
        name: Its name in messages.
        backbone: Name of its backbone in this package.
        pool: Its global pooling.
        image_size: Height and width in pixels of the images it was published for.
        theirs: Maps the name of a backbone tensor in this package to the published name.
        unused: Published tensors that no forward pass uses.
        options: Further options of the backbone.
        alignment: Face alignment of the published code; None where it used whole images.
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
    """A model built from a published checkpoint.

    Attributes:
        model: Takes images in [0, 1], standardized with ImageNet's mean and standard deviation.
        tasks: The predicted tasks.
        graph: The propagation graph, with the label embeddings; None for a linear head.
        architecture: The published architecture.
        epoch: The epoch stored in the checkpoint, counted from 0; None if there is none.
        assumed: What was assumed because the checkpoint does not store it, one sentence each.
    """

    model: MultiTaskModel
    tasks: TaskSet
    graph: LabelGraph | None
    architecture: Architecture
    epoch: int | None
    assumed: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of embeddings, hidden layers and features: (F, ..., D); (D,) for a linear head."""
        head = self.model.head
        return head.gcn.sizes if isinstance(head, LabelGraphHead) else (head.in_features,)

    def names(self) -> LabelGraph:
        """Return a graph of the labels without edges, whose methods check and reorder label names."""
        return LabelGraph.from_dense(torch.zeros(self.tasks.num_labels, self.tasks.num_labels), self.tasks)

    def in_order_of(self, tasks: TaskSet) -> ImportedModel:
        """Return the same model with its labels in the order of ``tasks``, matched by name.

        Raises:
            InputError: The names differ.
        """
        if tasks.labels == self.tasks.labels:
            return replace(self, tasks=tasks)
        self.names().reorder(tasks)  # raises if the names differ
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
    """Return the model of a checkpoint whose label vectors a GCN generates.

    Args:
        checkpoint: The published tensors.
        architecture: Their architecture.
        tasks: Tasks whose labels are the rows of A, in order.
        embeddings: Label embeddings [L, F] in the same order; None for those of ``graph``.
        graph: A graph that must have the same propagation matrix as the checkpoint; None for no such check.

    Raises:
        InputError: Tensors are missing, unknown or of another shape, or graph or embeddings do not fit.
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
    """Return the layer weights gc1, gc2, ..., each [in, out]; check that their sizes chain from F to D."""
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
        if weight.dim() != 2 or end not in (weight.shape[1], 0):  # 0: the next weight is the invalid one
            raise InputError(
                f"{checkpoint.path}: gc{k}.weight is of shape {list(weight.shape)}",
                expected=f"[in, {end or 'out'}], to match the next layer or the backbone",
            )
    return weights


def load_backbone(checkpoint: PublishedCheckpoint, architecture: Architecture, heads: Iterable[str] = ()) -> Backbone:
    """Return the backbone with the published weights; missing ``num_batches_tracked`` of old PyTorch become 0.

    Raises:
        InputError: Tensors are missing, of another shape, or unknown (other than A, gc1, gc2, ... and ``heads``).
    """
    with torch.device("meta"):  # skips the random initialization
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
            f"{checkpoint.path} is not a checkpoint of {architecture.name}",
            where=f"{len(missing)} missing: {shorten(sorted(missing)) or 'none'}; "
            f"{len(unknown)} unknown: {shorten(sorted(unknown)) or 'none'}",
            expected="a checkpoint with exactly the tensors of that architecture",
        )
