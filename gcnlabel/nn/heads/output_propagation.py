"""Propagation of the scores of any head over the label graph."""

from __future__ import annotations

import copy

import torch
from pydantic import PositiveInt
from torch import Tensor, nn

from gcnlabel.constants import register_constants
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.adjacency import Adjacency
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption
from gcnlabel.precision import full_precision


class OutputPropagation(Head):
    """``s⁽ᵏ⁾ = s + a Â s⁽ᵏ⁻¹⁾``, ``s⁽⁰⁾ = s``, for K steps: scores s of another head, with a learned strength a.

    Personalised PageRank of the scores (APPNP, Gasteiger et al., ICLR 2019; the smoothing of Correct and Smooth, Huang
    et al., ICLR 2021) with teleport probability 1 - a, but not multiplied by it: at the initial a = 0 the scores are
    those of the other head. Negative entries of Â lower the score of the receiving label. Biases are added after
    propagation, since they depend on label frequencies and not on the sample.

    Args:
        head: The head whose scores are propagated.
        graph: Propagation graph over its labels.
        steps: Number of propagations, K; two reach as many hops as a generator of two layers.

    Attributes:
        strength: a of each task, as receiving task [T].

    Raises:
        InputError: The labels of head and graph differ, or ``steps`` is less than 1.

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> graph = LabelGraph.from_dense([[0, -1.0], [0, 0]], tasks)  # negative edge dog -> cat
        >>> inner = LinearHead(tasks, in_features=2)
        >>> inner.vectors.data = torch.eye(2)
        >>> head = OutputPropagation(inner, graph)
        >>> head.strength.data += 0.5
        >>> head(torch.tensor([[3.0, 4.0]]))["tags"].tolist()
        [[1.0, 4.0]]
    """

    def __init__(self, head: Head, graph: LabelGraph, steps: int = 2) -> None:
        super().__init__(head.tasks, head.in_features, bias=False)
        graph.check_matches(head.tasks)
        if steps < 1:
            raise InputError(f"steps = {steps}", expected="at least 1")
        self.head = head
        self.bias = head.bias
        self.has_vectors = head.has_vectors
        self.steps = steps
        self.strength = nn.Parameter(torch.zeros(len(head.tasks.names)))
        weight = graph.edge_weight.to(torch.get_default_dtype())
        self.adjacency = Adjacency(graph.edge_index, weight, head.tasks.num_labels)
        register_constants(self, _task=torch.tensor(head.tasks.task_indices()))

    @property
    def generated(self) -> bool:
        """Whether the vectors of the other head are generated."""
        return self.head.generated

    def weight(self) -> Tensor:
        """Return the label vectors of the other head, propagated, [L, D]."""
        return self._propagated(self.head.weight())

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        scores = self.head.scores(features)
        if self.bias is None:
            return self._propagated(scores.T).T
        return self._propagated((scores - self.bias).T).T + self.bias

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples; the scores of all labels are computed."""
        return self.scores(features)[:, labels]

    def extended(self, graph: LabelGraph) -> OutputPropagation:
        """Return a head over a larger graph; a new task starts without propagation."""
        head = OutputPropagation(self.head.extended(graph), graph, self.steps)
        head = head.to(self.strength.device, self.strength.dtype)
        for t, task in enumerate(self.tasks):
            head.strength.data[graph.tasks.names.index(task.name)] = self.strength.detach()[t]
        head.training = self.training
        return head

    def to_linear(self) -> LinearHead:
        """Return a linear head with the propagated vectors and the biases of the other head.

        Raises:
            InputError: The scores of the other head are not linear in the features.
        """
        return self._folded(self.head.to_linear())

    def fused(self) -> Head:
        """Return a linear head if the other head can be folded; else a copy of this head over the fused other head."""
        inner = self.head.fused()
        if isinstance(inner, LinearHead):
            return self._folded(inner)
        head = copy.deepcopy(self)
        head.head, head.bias = inner, inner.bias
        return head

    @torch.no_grad()
    def _folded(self, linear: LinearHead) -> LinearHead:
        linear.vectors.copy_(self._propagated(linear.vectors))
        return linear.train(self.training)

    def _propagated(self, own: Tensor) -> Tensor:
        """Return ``own⁽ᴷ⁾``, [L, ...], in full precision, which sparse products require."""
        strength = self.strength[self.get_buffer("_task")][:, None]
        result = own = own.to(strength.dtype)
        with full_precision(own.device):
            for _ in range(self.steps):
                result = own + strength * self.adjacency.propagate(result)
        return result


@HEADS.register("output-propagation", graph=True)
def output_propagation(context: HeadContext, *, of: HeadOption = "linear", steps: PositiveInt = 2) -> OutputPropagation:
    """Return a head that propagates the scores of another head over the label graph.

    Args:
        context: Tasks, features and graph.
        of: The head whose scores are propagated.
        steps: Number of propagations.
    """
    return OutputPropagation(context.make(of, context.tasks.names), context.label_graph, steps)
