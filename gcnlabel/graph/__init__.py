"""The label graph: its sources, its file, its exports."""

from gcnlabel.graph.entries import graph_from_entries
from gcnlabel.graph.exports import to_networkx, write_graphml, write_json
from gcnlabel.graph.extending import attached_graph, joined_graph, similarity_graph
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.matrix_files import read_counts, read_edges, read_matrix
from gcnlabel.graph.published_pickles import graph_from_pickle, read_pickle, vectors_from_pickle
from gcnlabel.graph.recipe import GraphRecipe
from gcnlabel.graph.sources import graph_from_counts, graph_from_edges, graph_from_matrix, graph_from_networkx

__all__ = [
    "GraphRecipe",
    "LabelGraph",
    "attached_graph",
    "graph_from_counts",
    "graph_from_edges",
    "graph_from_entries",
    "graph_from_matrix",
    "graph_from_networkx",
    "graph_from_pickle",
    "joined_graph",
    "read_counts",
    "read_edges",
    "read_matrix",
    "read_pickle",
    "similarity_graph",
    "to_networkx",
    "vectors_from_pickle",
    "write_graphml",
    "write_json",
]
