"""A wing: what belongs to single papers, their checkpoints, tables and figures."""
