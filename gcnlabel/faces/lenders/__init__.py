"""Data sets of faces whose statistics can be borrowed."""
