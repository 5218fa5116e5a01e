from gcnlabel.statistics.blocks import LabelStatistics, default_blocks
from gcnlabel.statistics.conditional import ConditionalProbability, conditional_from_counts
from gcnlabel.statistics.cooccurrence import CoOccurrence
from gcnlabel.statistics.pearson import Pearson
from gcnlabel.statistics.phi import Phi
from gcnlabel.statistics.spearman import Spearman
from gcnlabel.statistics.statistic import STATISTICS, Statistic
from gcnlabel.statistics.streaming import measure_files

__all__ = [
    "STATISTICS",
    "CoOccurrence",
    "ConditionalProbability",
    "LabelStatistics",
    "Pearson",
    "Phi",
    "Spearman",
    "Statistic",
    "conditional_from_counts",
    "default_blocks",
    "measure_files",
]
