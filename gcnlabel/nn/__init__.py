"""Networks: the generator of label vectors, heads, backbones, and the model they make."""

from gcnlabel.nn.adjacency import Adjacency, sparse_adjacency
from gcnlabel.nn.backbone import Backbone
from gcnlabel.nn.backbones import (
    FEATURE_BACKBONES,
    IMAGE_BACKBONES,
    densenet121,
    identity,
    mlp,
    resnet18,
    resnet50,
    resnet101,
    small_cnn,
)
from gcnlabel.nn.breg_next import breg_next
from gcnlabel.nn.convolutions import CONVOLUTIONS, convolution
from gcnlabel.nn.heads import (
    CosineHead,
    Head,
    LabelGraphHead,
    LabelQueryHead,
    LinearHead,
    OutputPropagation,
    ResidualHead,
    SampleGraphHead,
    TaskHeads,
    fold,
)
from gcnlabel.nn.label_gcn import LabelGCN, gcn_conv, uniform_by_width
from gcnlabel.nn.learned_adjacency import LearnedAdjacency
from gcnlabel.nn.model import MultiTaskModel

__all__ = [
    "CONVOLUTIONS",
    "FEATURE_BACKBONES",
    "IMAGE_BACKBONES",
    "Adjacency",
    "Backbone",
    "CosineHead",
    "Head",
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
    "convolution",
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
