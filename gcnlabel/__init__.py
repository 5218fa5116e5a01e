"""Classifier heads that use dependencies between labels: annotations -> label graph -> generated heads."""

__version__ = "0.2.0"
