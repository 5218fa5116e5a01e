"""Label vectors with a Gaussian prior: labels that are correlated have similar vectors."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gcnlabel.graph import LabelGraph
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext
from gcnlabel.tasks import TaskSet

MIN_EIGENVALUE = 1e-3
"""Smallest eigenvalue of the kernel; pairwise correlations from different samples may not be positive definite."""


class LabelKernelHead(Head):
    """``W = K^½ V`` with free V, ``K = (1 - a) I + a C``, and C the signed correlations of the graph's statistic.

    Weight decay of V is a Gaussian prior over the vectors of all labels with covariance K ⊗ I. K is made positive
    definite, and its square root has rows of norm 1. Unmeasured pairs have correlation 0.

    Args:
        graph: Graph with its raw statistic, correlations in -1..1, [L, L].
        tasks: Tasks to predict.
        in_features: Size of the features, D.
        share: a, in [0, 1].

    Attributes:
        root: K^½, a buffer [L, L].
        vectors: V, [L, D].

    Raises:
        InputError: Graph and tasks do not match, or the graph has no statistic.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> graph = LabelGraph.from_dense([[0, 0.6], [0.6, 0]], tasks)
        >>> root = LabelKernelHead(graph, tasks, 4, share=1.0).root
        >>> (root @ root.T).round(decimals=4).tolist()
        [[1.0, 0.6000000238418579], [0.6000000238418579, 1.0]]
    """

    root: Tensor

    def __init__(self, graph: LabelGraph, tasks: TaskSet, in_features: int, *, share: float = 0.8) -> None:
        super().__init__(tasks, in_features, bias=True)
        graph.check_matches(tasks)
        self.register_buffer("root", _root(_correlations(graph), share).to(torch.get_default_dtype()))
        self.vectors = nn.Parameter(torch.empty(tasks.num_labels, in_features))
        nn.init.xavier_uniform_(self.vectors)

    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""
        return self.root @ self.vectors


def _correlations(graph: LabelGraph) -> Tensor:
    statistic = graph.statistic if graph.statistic is not None else graph.adjacency()
    found = torch.as_tensor(statistic).double().nan_to_num().clamp(-1, 1)
    return ((found + found.T) / 2).fill_diagonal_(1)


def _root(correlations: Tensor, share: float) -> Tensor:
    kernel = share * correlations + (1 - share) * torch.eye(len(correlations), dtype=torch.float64)
    values, vectors = torch.linalg.eigh(kernel)
    root = (vectors * values.clamp(min=MIN_EIGENVALUE).sqrt()) @ vectors.T
    return root / root.norm(dim=1, keepdim=True)


@HEADS.register("label-kernel", graph=True)
def label_kernel(context: HeadContext, *, share: Annotated[float, Field(ge=0, le=1)] = 0.8) -> LabelKernelHead:
    """Return a head of free vectors with a prior that correlated labels have similar vectors.

    Args:
        context: Tasks, features and graph.
        share: Share of the correlations in the kernel; the rest is the identity.
    """
    return LabelKernelHead(context.label_graph, context.tasks, context.in_features, share=share)
