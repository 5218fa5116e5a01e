"""Conventions for all pairs of labels by Spearman's correlation (phi between classes and tags)."""

from gcnlabel.transforms.absolute import Absolute
from gcnlabel.transforms.conventions.convention import CONVENTIONS, Convention, signed_neighbours, weighted_neighbours
from gcnlabel.transforms.threshold import Threshold


@CONVENTIONS.register("signed")
def signed() -> Convention:
    """All pairs by Spearman's correlation; neighbours have weight 1, negatively correlated ones -1."""
    return Convention(tau=0.1, p=0.5, neighbours=signed_neighbours, statistic="spearman")


@CONVENTIONS.register("signed-weighted")
def signed_weighted() -> Convention:
    """All pairs by Spearman's correlation; neighbours are weighted by the correlation."""
    return Convention(tau=0.1, p=0.5, neighbours=weighted_neighbours, statistic="spearman")


@CONVENTIONS.register("unsigned")
def unsigned() -> Convention:
    """All pairs by Spearman's correlation; neighbours have weight 1, negatively correlated ones too."""
    return Convention(tau=0.1, p=0.5, statistic="spearman")


@CONVENTIONS.register("unsigned-weighted")
def unsigned_weighted() -> Convention:
    """All pairs by Spearman's correlation; neighbours are weighted by its absolute value."""
    return Convention(tau=0.1, p=0.5, neighbours=lambda tau: [Absolute(), Threshold(tau)], statistic="spearman")
