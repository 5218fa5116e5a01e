"""Networks: the generator of label vectors, heads, backbones, and the model they make."""

from gcnlabel.nn.adjacency import ADJACENCIES, Adjacency, LearnedAdjacency, sparse_adjacency
from gcnlabel.nn.backbone import BACKBONES, Backbone
from gcnlabel.nn.backbones import (
    breg_next,
    densenet121,
    identity,
    mlp,
    resnet18,
    resnet50,
    resnet101,
    small_cnn,
)
from gcnlabel.nn.convolutions import CONVOLUTIONS
from gcnlabel.nn.heads import (
    HEADS,
    CosineHead,
    Head,
    HeadContext,
    LabelGraphHead,
    LabelQueryHead,
    LinearHead,
    OutputPropagation,
    ResidualHead,
    SampleGraphHead,
    TaskHeads,
    build_head,
    fold,
)
from gcnlabel.nn.label_gcn import LabelGCN, gcn_conv, uniform_by_width
from gcnlabel.nn.model import MultiTaskModel

__all__ = [
    "ADJACENCIES",
    "BACKBONES",
    "CONVOLUTIONS",
    "HEADS",
    "Adjacency",
    "Backbone",
    "CosineHead",
    "Head",
    "HeadContext",
    "LabelGCN",
    "LabelGraphHead",
    "LabelQueryHead",
    "LearnedAdjacency",
    "LinearHead",
    "MultiTaskModel",
    "OutputPropagation",
    "ResidualHead",
    "SampleGraphHead",
    "TaskHeads",
    "breg_next",
    "build_head",
    "densenet121",
    "fold",
    "gcn_conv",
    "identity",
    "mlp",
    "resnet18",
    "resnet50",
    "resnet101",
    "small_cnn",
    "sparse_adjacency",
    "uniform_by_width",
]
