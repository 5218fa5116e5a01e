"""Registered sources from which blocks of a raw graph can be borrowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gcnlabel.text_registry import TextRegistry

if TYPE_CHECKING:
    from gcnlabel.graph.label_graph import LabelGraph

LENDERS = TextRegistry("lender", "gcnlabel.graph.lenders", makes="gcnlabel.graph:LabelGraph")
"""Functions from the labels of the first task to a raw graph, by name."""


def graph_to_borrow(source: Any, labels: Sequence[str]) -> LabelGraph:
    """Return the raw graph that a config or an option names.

    Args:
        source: A raw graph (``.safetensors``), a matrix with label names (``.csv``), ``emotic:PATH`` for the
            conditional probabilities of EMOTIC's training split, a function
            (``package.module:attribute``), or a mapping of ``name`` and options.
        labels: Labels of the first task of the pair.

    Raises:
        InputError: The file or folder cannot be used.
    """
    graph: LabelGraph = LENDERS.make(source, labels)
    return graph
