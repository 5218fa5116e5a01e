"""The description of an exported run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from gcnlabel.data import Standardize
from gcnlabel.export.description import describe_model
from gcnlabel.nn.backbones.text import TextNetwork
from gcnlabel.nn.pretrained import ScaleAsWeights
from gcnlabel.nn.scaling import ScaleImages, ScaleToImageNet

if TYPE_CHECKING:
    from gcnlabel.prediction.network import Network

STANDARDIZED = "(feature - mean) / standard deviation, both of the training split; applied by the model"
DIVIDED = "feature / {:.6g}, the root mean square of all features of the training split; applied by the model"
SCALED = "(pixel value / 255 - mean) / deviation of each channel; applied by the model"


def describe_network(network: Network) -> dict[str, Any]:
    """Return the description of an exported run, see :func:`~gcnlabel.export.describe_model`."""
    return describe_model(
        network.tasks,
        network.input_shape,
        scaling=network.config.model.backbone.scaling,
        geometry=network.config.data.geometry,
        thresholds={name: values.tolist() for name, values in network.thresholds.items()},
        inside=scaling_inside(network.model),
        calibration=network.calibration,
        encoder=network.encoder,
    )


def scaling_inside(model: nn.Module) -> dict[str, Any]:
    """Return the network's own scaling of its inputs: a description, and mean and deviation of image channels.

    Example:
        >>> scaling_inside(nn.Sequential(ScaleImages()))["mean"]
        [0.5]
    """
    for module in model.modules():
        if isinstance(module, TextNetwork):
            return {"tokens": module.preprocessing}
        if isinstance(module, Standardize):
            one = module.sd[0].item() if not module.mean.any() and module.sd.unique().numel() == 1 else None
            return {"scaling": STANDARDIZED if one is None else DIVIDED.format(one)}
        if isinstance(module, ScaleImages):
            return {"scaling": SCALED, "mean": [0.5], "deviation": [0.5]}
        if isinstance(module, ScaleToImageNet | ScaleAsWeights):
            mean, deviation = (values.flatten().tolist() for values in (module.mean, module.std))
            return {"scaling": SCALED, "mean": mean, "deviation": deviation}
    return {}
