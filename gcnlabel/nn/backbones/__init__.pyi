from gcnlabel.nn.backbones.attentive_fp import attentivefp
from gcnlabel.nn.backbones.breg_next import breg_next
from gcnlabel.nn.backbones.features import identity, mlp
from gcnlabel.nn.backbones.graph_networks import gat, gcn, gin, graphsage
from gcnlabel.nn.backbones.pna import pna
from gcnlabel.nn.backbones.small_cnn import small_cnn
from gcnlabel.nn.backbones.torchvision_networks import densenet121, resnet18, resnet50, resnet101

__all__ = [
    "attentivefp",
    "breg_next",
    "densenet121",
    "gat",
    "gcn",
    "gin",
    "graphsage",
    "identity",
    "mlp",
    "pna",
    "resnet18",
    "resnet50",
    "resnet101",
    "small_cnn",
]
