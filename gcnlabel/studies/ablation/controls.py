"""Control graphs: the same weights between wrong labels. If the edges matter, these graphs should not help."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Control = Callable[[Tensor, torch.Generator], Tensor]


def identity(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the identity: self-loops alone; labels share nothing but the generator."""
    return torch.eye(len(adjacency))


def shuffled(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with its labels permuted: the same structure, among wrong labels."""
    order = torch.randperm(len(adjacency), generator=generator)
    return adjacency[order][:, order]


def random_graph(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the graph with the neighbours of each label drawn anew: as many, of the same weights and signs."""
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
    """Return the graph with equal weights from all other labels; each label's sum of absolute weights is kept."""
    loops = torch.eye(len(adjacency), dtype=torch.bool)
    received = adjacency.abs().masked_fill(loops, 0).sum(1, keepdim=True)
    return torch.where(loops, adjacency, received / max(len(adjacency) - 1, 1))


def unsigned(adjacency: Tensor, generator: torch.Generator) -> Tensor:
    """Return the same edges without their signs."""
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
