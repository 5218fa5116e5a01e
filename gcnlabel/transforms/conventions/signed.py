"""All pairs of labels by Spearman's correlation, which is phi among classes and tags, with their signs."""

from gcnlabel.transforms.conventions.convention import CONVENTIONS, Convention, signed_neighbours, weighted_neighbours


@CONVENTIONS.register("signed")
def signed() -> Convention:
    """Neighbours count alike, those that exclude each other with -1."""
    return Convention(tau=0.1, p=0.5, neighbours=signed_neighbours, statistic="spearman")


@CONVENTIONS.register("signed-weighted")
def signed_weighted() -> Convention:
    """Each neighbour counts by the size of its correlation."""
    return Convention(tau=0.1, p=0.5, neighbours=weighted_neighbours, statistic="spearman")
