"""Single papers: their published checkpoints, propagation matrices, tables and figures."""
