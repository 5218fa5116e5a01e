"""Published tensors -> a model of this package, every tensor accounted for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import IMAGE_BACKBONES, Backbone, LabelGraphHead, MultiTaskModel
from gcnlabel.published.checkpoint import PublishedCheckpoint
from gcnlabel.published.propagation import check_same_propagation, published_graph
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
        alignment: How its code cropped faces; None where it took whole pictures.
    """

    name: str
    backbone: str
    pool: str
    image_size: int
    theirs: Callable[[str], str]
    unused: tuple[str, ...] = ()
    alignment: str | None = None


@dataclass(frozen=True)
class ImportedModel:
    """A model made of a published checkpoint.

    Attributes:
        model: Takes images as torchvision's weights do (0..1, less ImageNet's mean, over its deviation).
        graph: What it propagates with, with the label embeddings.
        architecture: What it was.
        epoch: The epoch that the checkpoint notes, counted from 0; None when it notes none.
    """

    model: MultiTaskModel
    graph: LabelGraph
    architecture: Architecture
    epoch: int | None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of embeddings, hidden layers and features: F, ..., D."""
        head = self.model.head
        return head.gcn.sizes if isinstance(head, LabelGraphHead) else ()


def assemble(
    checkpoint: PublishedCheckpoint,
    architecture: Architecture,
    tasks: TaskSet,
    embeddings: Tensor | None,
    graph: LabelGraph | None,
) -> ImportedModel:
    """Return the model of a checkpoint.

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
    backbone = _backbone(checkpoint, architecture)
    weights = _generator(checkpoint, x, backbone.out_features)
    inside = inside.with_embeddings(x.float())
    head = LabelGraphHead(inside, tasks, backbone.out_features, [len(weight) for weight in weights[1:]])
    for conv, weight in zip(head.gcn.convs, weights, strict=True):
        conv.get_parameter("lin.weight").data.copy_(weight.T)
    return ImportedModel(MultiTaskModel(backbone, head).eval(), inside, architecture, checkpoint.epoch)


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


def _backbone(checkpoint: PublishedCheckpoint, architecture: Architecture) -> Backbone:
    """Return the backbone with the published weights; counters of batches that old PyTorch did not keep are 0."""
    with torch.device("meta"):  # its own weights are never drawn
        backbone = IMAGE_BACKBONES[architecture.backbone](pool=architecture.pool)
    wanted = {architecture.theirs(name): (name, value) for name, value in backbone.state_dict().items()}
    given = dict(checkpoint.state)
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
