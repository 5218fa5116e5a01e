"""The core commands: one command per file."""
