from gcnlabel.nn.adjacency.fixed import ADJACENCIES, MAX_DENSE, Adjacency, Edges, sparse_adjacency
from gcnlabel.nn.adjacency.learned import LearnedAdjacency

__all__ = ["ADJACENCIES", "MAX_DENSE", "Adjacency", "Edges", "LearnedAdjacency", "sparse_adjacency"]
