"""Ensembles of base models: training at several learning rates, and combination of scores."""
