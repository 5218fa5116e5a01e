"""Separate heads for tasks."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn

from gcnlabel.constants import register_constants
from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.adjacency import MAX_DENSE
from gcnlabel.nn.heads.folding import fold
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.tasks import TaskSet


class TaskHeads(Head):
    """A head for each task, e.g. free vectors for tasks with many samples and generated ones for tasks with few.

    A head may be built over more tasks than it scores: a generated head uses the whole label graph, so that the labels
    of its tasks receive messages from all others. Its scores of other tasks are not used, and with more than 128 labels
    not computed. Its generator learns only from the tasks that it scores; with ``ResidualHead(head,
    tasks_with_many_samples)`` it learns from all.

    Args:
        tasks: Tasks to predict; their order is that of the scores.
        heads: Task -> its head. The same head may serve several tasks.

    Raises:
        InputError: A task has no head or is unknown; or a head lacks its task, has other labels for it, or takes
            another number of features.

    Example:
        >>> from gcnlabel.tasks import Dimensional, MultiLabel
        >>> tags, affect = MultiLabel("tags", ["cat", "dog"]), Dimensional("affect", ["valence"])
        >>> parts = {"tags": LinearHead(TaskSet([tags]), 4), "affect": LinearHead(TaskSet([affect]), 4, bias=False)}
        >>> TaskHeads(TaskSet([affect, tags]), parts).weight().shape
        torch.Size([3, 4])
    """

    def __init__(self, tasks: TaskSet, heads: Mapping[str, Head]) -> None:
        _check(tasks, heads)
        super().__init__(tasks, next(iter(heads.values())).in_features, bias=False)
        self.heads = nn.ModuleList(dict.fromkeys(heads[task.name] for task in tasks))
        self.served = [[t.name for t in tasks if heads[t.name] is head] for head in self.heads]
        group, place = torch.empty(2, tasks.num_labels, dtype=torch.int64)
        for g, (head, names) in enumerate(zip(self._parts, self.served, strict=True)):
            for name in names:
                group[tasks.slice_of(name)] = g
                place[tasks.slice_of(name)] = torch.arange(head.tasks.num_labels)[head.tasks.slice_of(name)]
        device = next(next(iter(heads.values())).parameters()).device
        # the head of each label [L], and its position in that head [L]
        register_constants(self, _group=group.to(device), _place=place.to(device))

    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""
        return self._in_order(lambda head: head.weight(), lambda head, labels: head.weight_of(labels))

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return the vectors of some labels, [K, D]."""
        return self._of_labels(labels, lambda head, own: head.weight_of(own))

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L], in the order of the tasks."""
        return self._in_order(
            lambda head: head.scores(features).T, lambda head, labels: head.scores_of_all(features, labels).T
        ).T

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples."""
        return self._of_labels(labels, lambda head, own: head.scores_of_all(features, own).T).T

    def biases(self) -> Tensor | None:
        """Return the biases of all labels [L], 0 where their head has none; None if no head has any."""
        found = [head.biases() for head in self._parts]
        given = next((bias for bias in found if bias is not None), None)
        if given is None:
            return None
        zeros = given.new_zeros(max(head.tasks.num_labels for head in self._parts))
        of_heads = dict(zip(self._parts, [zeros if bias is None else bias for bias in found], strict=True))
        return self._in_order(lambda head: of_heads[head], lambda head, labels: of_heads[head][labels])

    @property
    def generated(self) -> bool:
        """Whether one of the heads generates its vectors."""
        return any(head.generated for head in self._parts)

    def extended(self, graph: LabelGraph) -> TaskHeads:
        """Return heads over a larger graph; heads of free vectors are copied if their tasks have no new labels.

        The first head that generates its vectors scores new tasks.

        Raises:
            InputError: A task whose head has free vectors has new labels, or no head generates its vectors.
        """
        heads = [_extended(head, names, graph) for head, names in zip(self._parts, self.served, strict=True)]
        first = next((head for head in heads if head.generated), None)
        if first is None:
            return super().extended(graph)  # type: ignore[return-value]  # it always raises
        known = {name: head for head, names in zip(heads, self.served, strict=True) for name in names}
        return self._in_own_mode(TaskHeads(graph.tasks, {t.name: known.get(t.name, first) for t in graph.tasks}))

    def to_linear(self) -> LinearHead:
        """Return one linear head with the current vectors and biases of all heads.

        Raises:
            InputError: The scores of a head are not linear in the features.
        """
        return fold(self._of(head.to_linear() for head in self._parts))

    def fused(self) -> Head:
        """Return heads with the same scores, without a graph: a single linear one if all scores are linear."""
        fused = self._of(head.fused() for head in self._parts)
        return fold(fused) if all(isinstance(head, LinearHead) for head in fused.heads) else fused

    @property
    def _parts(self) -> list[Head]:
        return [head for head in self.heads if isinstance(head, Head)]

    def _in_own_mode(self, heads: TaskHeads) -> TaskHeads:
        """Return heads in the mode of this one, training or evaluation; each inner head keeps its own."""
        heads.training = self.training
        return heads

    def _of(self, heads: Iterable[Head]) -> TaskHeads:
        """Return `TaskHeads` with other heads for the same tasks."""
        chosen = {name: head for head, names in zip(heads, self.served, strict=True) for name in names}
        return self._in_own_mode(TaskHeads(self.tasks, chosen))

    def _in_order(self, of_all: Callable[[Head], Tensor], of_some: Callable[[Head, Tensor], Tensor]) -> Tensor:
        """Return rows of all labels [L, ...], each from its head."""
        rows: dict[str, Tensor] = {}
        place = self.get_buffer("_place")
        fixed = torch.compiler.is_compiling() or place.is_meta  # sizes may not depend on values
        for head, names in zip(self._parts, self.served, strict=True):
            if fixed or head.tasks.num_labels <= MAX_DENSE or len(names) == len(head.tasks):
                values = of_all(head)
                rows |= {name: values[head.tasks.slice_of(name)] for name in names}
            else:
                values = of_some(head, torch.cat([place[self.tasks.slice_of(name)] for name in names]))
                rows |= dict(zip(names, values.split([len(self.tasks[name]) for name in names]), strict=True))
        return torch.cat([rows[task.name] for task in self.tasks])

    def _of_labels(self, labels: Tensor, of_some: Callable[[Head, Tensor], Tensor]) -> Tensor:
        """Return rows of some labels [K, ...], each from its head."""
        group, place = self.get_buffer("_group")[labels], self.get_buffer("_place")[labels]
        if not len(labels):
            return of_some(self._parts[0], place)
        rows = [of_some(self._parts[g], place[group == g]) for g in group.unique().tolist()]
        return torch.cat(rows)[group.argsort(stable=True).argsort()]


def _check(tasks: TaskSet, heads: Mapping[str, Head]) -> None:
    for name in heads:
        tasks[name]
    without = [task.name for task in tasks if task.name not in heads]
    if without:
        raise InputError(f"tasks without a head: {shorten(without)}", expected="a head for each task")
    sizes = {name: head.in_features for name, head in heads.items()}
    if len(set(sizes.values())) > 1:
        raise InputError(f"heads that take other numbers of features: {sizes}", expected="the same for all")
    for name, head in heads.items():
        if head.tasks[name] != tasks[name]:
            raise InputError(
                f"the head of task {name!r} scores {shorten(head.tasks[name].labels)}",
                expected=shorten(tasks[name].labels),
            )


def _extended(head: Head, names: Iterable[str], graph: LabelGraph) -> Head:
    unchanged = all(name in graph.tasks.names and graph.tasks[name] == head.tasks[name] for name in names)
    return copy.deepcopy(head) if unchanged and not head.generated else head.extended(graph)
