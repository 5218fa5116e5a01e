"""Data sets of faces as the data of a run: a file each."""
