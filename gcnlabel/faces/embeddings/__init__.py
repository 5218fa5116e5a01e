"""Embeddings of words that faces are annotated with."""
