from gcnlabel.nn.backbones.breg_next import breg_next
from gcnlabel.nn.backbones.features import identity, mlp
from gcnlabel.nn.backbones.small_cnn import small_cnn
from gcnlabel.nn.backbones.torchvision_networks import densenet121, resnet18, resnet50, resnet101

__all__ = ["breg_next", "densenet121", "identity", "mlp", "resnet18", "resnet50", "resnet101", "small_cnn"]
