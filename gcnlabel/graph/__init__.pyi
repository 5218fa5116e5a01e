from gcnlabel.graph.agreement import Agreement, agreement_of
from gcnlabel.graph.borrowing import with_borrowed
from gcnlabel.graph.entries import graph_from_entries
from gcnlabel.graph.exports import to_networkx, write_csv, write_graphml, write_json, write_npz
from gcnlabel.graph.extending import attached_graph, joined_graph, similarity_graph
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.lenders import LENDERS, graph_to_borrow
from gcnlabel.graph.matrix_files import read_counts, read_edges, read_matrix
from gcnlabel.graph.old_codes import write_emotion_gcn, write_ml_gcn
from gcnlabel.graph.raw_files import raw_graph_of, read_raw_graph
from gcnlabel.graph.recipe import GraphRecipe
from gcnlabel.graph.sources import graph_from_counts, graph_from_edges, graph_from_matrix, graph_from_networkx
from gcnlabel.pickles import read_pickle

__all__ = [
    "LENDERS",
    "Agreement",
    "GraphRecipe",
    "LabelGraph",
    "agreement_of",
    "attached_graph",
    "graph_from_counts",
    "graph_from_edges",
    "graph_from_entries",
    "graph_from_matrix",
    "graph_from_networkx",
    "graph_to_borrow",
    "joined_graph",
    "raw_graph_of",
    "read_counts",
    "read_edges",
    "read_matrix",
    "read_pickle",
    "read_raw_graph",
    "similarity_graph",
    "to_networkx",
    "with_borrowed",
    "write_csv",
    "write_emotion_gcn",
    "write_graphml",
    "write_json",
    "write_ml_gcn",
    "write_npz",
]
