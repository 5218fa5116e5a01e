from gcnlabel.nn.heads.cosine import CosineHead
from gcnlabel.nn.heads.ensemble import EnsembleHead
from gcnlabel.nn.heads.folding import fold, fold_units
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.label_graph import LabelGraphHead
from gcnlabel.nn.heads.label_query import LabelQueryHead
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.nn.heads.output_propagation import OutputPropagation
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadPart, build_head
from gcnlabel.nn.heads.residual import ResidualHead
from gcnlabel.nn.heads.sample_graph import SampleGraphHead
from gcnlabel.nn.heads.task_heads import TaskHeads

__all__ = [
    "HEADS",
    "CosineHead",
    "EnsembleHead",
    "Head",
    "HeadContext",
    "HeadPart",
    "LabelGraphHead",
    "LabelQueryHead",
    "LinearHead",
    "OutputPropagation",
    "ResidualHead",
    "SampleGraphHead",
    "TaskHeads",
    "build_head",
    "fold",
    "fold_units",
]
