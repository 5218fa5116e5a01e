"""Commands of studies, one per module."""
