"""Standardization of node and edge features."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from torch import nn

from gcnlabel.data.features import Standardize
from gcnlabel.data.graphs import Graphs


class StandardizeGraphs(nn.Module):
    """Module that standardizes node and edge features, except one-hot categories.

    Args:
        nodes: Standardization of ``x``.
        edges: Standardization of ``edge_attr``.
    """

    def __init__(self, nodes: Standardize, edges: Standardize) -> None:
        super().__init__()
        self.nodes, self.edges = nodes, edges

    @classmethod
    def fit(cls, inputs: Any) -> StandardizeGraphs:
        """Return the standardization of training graphs; the identity if ``inputs`` only have a shape (N, D, A)."""
        _, node, edge = inputs.shape
        numbers = {"x": np.zeros((1, node)), "edge_attr": np.zeros((1, edge))}
        if isinstance(inputs, Graphs):
            codes = {"x": inputs.node_categories, "edge_attr": inputs.edge_categories}
            arrays = inputs.arrays()
            numbers = {
                name: same if codes[name] or not len(arrays[name]) else arrays[name] for name, same in numbers.items()
            }
        return cls(Standardize.fit(numbers["x"]), Standardize.fit(numbers["edge_attr"]))

    def forward(self, graphs: Any) -> Any:
        """Return the batch of graphs with standardized features."""
        scaled = copy.copy(graphs)
        scaled.x = self.nodes(graphs.x)
        if graphs.edge_attr is not None:
            scaled.edge_attr = self.edges(graphs.edge_attr)
        return scaled
