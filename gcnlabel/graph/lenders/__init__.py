"""Where a block of a raw graph can be borrowed from, by name."""

from gcnlabel.graph.lenders.lender import LENDERS, graph_to_borrow

__all__ = ["LENDERS", "graph_to_borrow"]
