"""All pairs of labels by Spearman's correlation, which is phi among classes and tags, with or without their signs."""

from gcnlabel.transforms.absolute import Absolute
from gcnlabel.transforms.conventions.convention import CONVENTIONS, Convention, signed_neighbours, weighted_neighbours
from gcnlabel.transforms.threshold import Threshold


@CONVENTIONS.register("signed")
def signed() -> Convention:
    """All pairs by Spearman's correlation; neighbours count alike, those that exclude each other with -1."""
    return Convention(tau=0.1, p=0.5, neighbours=signed_neighbours, statistic="spearman")


@CONVENTIONS.register("signed-weighted")
def signed_weighted() -> Convention:
    """All pairs by Spearman's correlation; each neighbour counts by its sign and size."""
    return Convention(tau=0.1, p=0.5, neighbours=weighted_neighbours, statistic="spearman")


@CONVENTIONS.register("unsigned")
def unsigned() -> Convention:
    """All pairs by Spearman's correlation; neighbours count alike, also those that exclude each other."""
    return Convention(tau=0.1, p=0.5, statistic="spearman")


@CONVENTIONS.register("unsigned-weighted")
def unsigned_weighted() -> Convention:
    """All pairs by Spearman's correlation; each neighbour counts by its size alone."""
    return Convention(tau=0.1, p=0.5, neighbours=lambda tau: [Absolute(), Threshold(tau)], statistic="spearman")
