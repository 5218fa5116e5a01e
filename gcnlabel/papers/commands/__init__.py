"""Command line of the papers: one command per file."""
