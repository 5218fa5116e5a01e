from gcnlabel.figures.adjacency import adjacency_figure, adjacency_table
from gcnlabel.figures.comparison import comparison_figure, comparison_table
from gcnlabel.figures.confusion import confusion_figure, confusion_table
from gcnlabel.figures.curves import curves_figure, curves_table
from gcnlabel.figures.dependency import dependency_figure, dependency_table
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.gains import Gain, gains_figure, gains_table
from gcnlabel.figures.importance import importance_figure, importance_table
from gcnlabel.figures.label_bars import label_bars_figure, label_bars_table
from gcnlabel.figures.label_graph import label_graph_figure, label_graph_table
from gcnlabel.figures.precision_recall import precision_recall_figure, precision_recall_table
from gcnlabel.figures.ranks import ranks_figure, ranks_table
from gcnlabel.figures.reliability import reliability_figure, reliability_table
from gcnlabel.figures.samples import SamplePredictions, sample_figure, sample_table
from gcnlabel.figures.saving import check_formats, rendered, save_figure
from gcnlabel.figures.scatter import scatter_figure, scatter_table
from gcnlabel.figures.similarity import cosine_similarity, label_similarity, similarity_figure, similarity_table
from gcnlabel.figures.style import Style, figure_style
from gcnlabel.figures.tau_sweep import tau_sweep_figure, tau_sweep_table

__all__ = [
    "FIGURES",
    "Drawings",
    "Gain",
    "Runs",
    "SamplePredictions",
    "Style",
    "adjacency_figure",
    "adjacency_table",
    "check_formats",
    "comparison_figure",
    "comparison_table",
    "confusion_figure",
    "confusion_table",
    "cosine_similarity",
    "curves_figure",
    "curves_table",
    "dependency_figure",
    "dependency_table",
    "figure_style",
    "gains_figure",
    "gains_table",
    "importance_figure",
    "importance_table",
    "label_bars_figure",
    "label_bars_table",
    "label_graph_figure",
    "label_graph_table",
    "label_similarity",
    "precision_recall_figure",
    "precision_recall_table",
    "ranks_figure",
    "ranks_table",
    "reliability_figure",
    "reliability_table",
    "rendered",
    "sample_figure",
    "sample_table",
    "save_figure",
    "scatter_figure",
    "scatter_table",
    "similarity_figure",
    "similarity_table",
    "tau_sweep_figure",
    "tau_sweep_table",
]
