"""Data sets of faces whose statistics can be used for other label graphs."""
