"""Control graphs with wrong edges, which should not help if edges matter."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Control = Callable[[Tensor, torch.Generator], Tensor]


def identity(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the identity, only self-loops: labels share only the generator."""
    return torch.eye(len(adjacency))


def shuffled(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with its labels permuted."""
    order = torch.randperm(len(adjacency), generator=generator)
    return adjacency[order][:, order]


def random_graph(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with random neighbours of each label: the same number, weights and signs."""
    drawn = torch.zeros_like(adjacency)
    for i, row in enumerate(adjacency):
        others = torch.cat([torch.arange(i), torch.arange(i + 1, len(row))])
        drawn[i, others] = row[others[torch.randperm(len(others), generator=generator)]]
        drawn[i, i] = row[i]
    return drawn


def transposed(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the transpose: source labels become receiving labels."""
    return adjacency.T.contiguous()


def uniform(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with equal weights from all other labels; absolute row sums are kept."""
    loops = torch.eye(len(adjacency), dtype=torch.bool)
    received = adjacency.abs().masked_fill(loops, 0).sum(1, keepdim=True)
    return torch.where(loops, adjacency, received / max(len(adjacency) - 1, 1))


def unsigned(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with absolute weights."""
    return adjacency.abs()


IDENTITY = "identity graph"
CONTROLS: dict[str, Control] = {
    IDENTITY: identity,
    "labels shuffled": shuffled,
    "random graph, same degree": random_graph,
    "transposed": transposed,
    "uniform graph": uniform,
    "unsigned": unsigned,
}
