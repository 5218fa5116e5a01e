"""Ensembles of base models: which, how they are trained side by side, and how their scores are combined."""
