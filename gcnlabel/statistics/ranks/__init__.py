"""Rank correlation of samples that stream, exact whatever their number and order: what Spearman's statistic is made of.

Classes with one dimension take bounded memory (:class:`ClassRanks`); all else is counted by value
(:class:`ValueCounts`).
"""

from gcnlabel.statistics.ranks.class_ranks import ClassRanks
from gcnlabel.statistics.ranks.class_shares import ClassShares
from gcnlabel.statistics.ranks.value_counts import ValueCounts, centred_ranks

__all__ = ["ClassRanks", "ClassShares", "ValueCounts", "centred_ranks"]
