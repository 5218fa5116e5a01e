"""Registered conventions: transforms from a raw statistic to a propagation matrix."""

from gcnlabel.transforms.conventions.convention import (
    CONVENTIONS,
    DEFAULT_CONVENTION,
    Convention,
    all_pairs,
    signed_neighbours,
    unsigned_neighbours,
    weighted_neighbours,
)

__all__ = [
    "CONVENTIONS",
    "DEFAULT_CONVENTION",
    "Convention",
    "all_pairs",
    "signed_neighbours",
    "unsigned_neighbours",
    "weighted_neighbours",
]
