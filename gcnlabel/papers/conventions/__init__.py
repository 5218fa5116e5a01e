"""Conventions for the propagation matrix: those of the papers and of their released code."""
