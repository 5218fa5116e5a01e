"""Borrow blocks from a file."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.lenders import LENDERS
from gcnlabel.graph.matrix_files import read_matrix
from gcnlabel.graph.sources import graph_from_matrix


@LENDERS.register("file")
def graph_of_file(labels: Sequence[str], *, path: str) -> LabelGraph:
    """Return the raw graph of a file; it may have any labels.

    Args:
        labels: Labels of the first task of the pair.
        path: A raw graph (``.safetensors``), or a matrix with label names (``.csv``).

    Raises:
        InputError: The file cannot be used.
    """
    return graph_from_matrix(*read_matrix(path)) if path.endswith(".csv") else LabelGraph.load(path)
