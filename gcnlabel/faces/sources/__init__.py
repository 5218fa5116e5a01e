"""Data sources for data sets of faces."""
