"""Small data with tasks of all three types."""

from mixed_data import config, data, mixed  # noqa: F401
