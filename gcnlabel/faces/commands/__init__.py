"""Command line of the faces: one command per file."""
