"""Embeddings of emotion words."""
