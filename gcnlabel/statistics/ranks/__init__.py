"""Rank correlation of streamed samples, exact for any number and order of samples; used by Spearman's statistic.

Classes with one dimension take bounded memory (:class:`ClassRanks`); everything else is counted by value
(:class:`ValueCounts`).
"""

from gcnlabel.statistics.ranks.class_ranks import ClassRanks
from gcnlabel.statistics.ranks.class_shares import ClassShares
from gcnlabel.statistics.ranks.value_counts import ValueCounts, centred_ranks

__all__ = ["ClassRanks", "ClassShares", "ValueCounts", "centred_ranks"]
