"""Readers of AffectNet's releases: CSV lists (2017) and npy files (2021)."""
