"""Heads that know how their labels depend on each other: annotations -> label graph -> generated classifiers."""

__version__ = "0.1.0"
