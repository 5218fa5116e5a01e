"""Any classification network of torchvision, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import nn

from gcnlabel.errors import InputError, closest
from gcnlabel.nn.backbone import BACKBONES, Backbone, Images, Shape, channels_in
from gcnlabel.nn.pretrained import Pretrained, ScaleAsWeights, load_weights
from gcnlabel.nn.scaling import IMAGENET_MEAN, IMAGENET_STD


def weights_pictures(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``size``, ``crop`` and ``interpolation`` that torchvision's weights expect; empty without weights."""
    known = torchvision.models.list_models(module=torchvision.models)
    if not options["pretrained"] or options["model"] not in known:
        return {}
    found = torchvision.models.get_model_weights(options["model"]).DEFAULT.transforms()
    ((size,), (scaled,)) = found.crop_size, found.resize_size
    return {"size": size, "crop": size / scaled, "interpolation": found.interpolation.value}


@BACKBONES.register("torchvision", pictures=weights_pictures)
def any_torchvision(shape: Shape = (3, 224, 224), *, model: str, pretrained: Pretrained = False) -> Backbone:
    """Return a classification network of torchvision without its last linear layer, with its own pooling.

    Images are scaled as the weights expect, unless ``scaling`` says otherwise.

    Args:
        shape: (3, H, W).
        model: Its name in ``torchvision.models``, e.g. ``convnext_tiny``.
        pretrained: Whether to start from torchvision's weights (its ``DEFAULT``), which it downloads; or a file of
            weights, or a folder that holds one.

    Raises:
        InputError: The inputs are no colour images, the network is unknown or does not end with a linear layer, or the
            weights cannot be loaded or are those of another network.

    Example:
        >>> any_torchvision(model="mobilenet_v3_small").out_features
        1024
    """
    channels_in(shape, "torchvision", colour=True)
    known = torchvision.models.list_models(module=torchvision.models)
    if model not in known:
        raise InputError(
            f"unknown network of torchvision {model!r}",
            expected="a name of torchvision.models",
            fix=closest(model, known),
        )
    weights = torchvision.models.get_model_weights(model).DEFAULT
    network = _made(model, weights if pretrained is True else None, tuple(shape))
    classifier, features = _without_classifier(network, model)
    if isinstance(pretrained, str):
        load_weights(network, pretrained, [classifier])
    transforms = weights.transforms()
    mean, std = getattr(transforms, "mean", IMAGENET_MEAN), getattr(transforms, "std", IMAGENET_STD)
    return Backbone(nn.Sequential(Images(3), network), features, scale=ScaleAsWeights(mean, std))


def _made(model: str, weights: Any, shape: Shape) -> nn.Module:
    size = {"image_size": shape[1]} if model.startswith("vit_") else {}
    extra = {"aux_logits": False, "init_weights": weights is None} if model == "googlenet" and weights is None else {}
    try:
        network: nn.Module = torchvision.models.get_model(model, weights=weights, **size, **extra)
    except (OSError, RuntimeError, ValueError) as error:  # no network; a damaged download; weights of another size
        if weights is None:
            raise InputError(f"{model} cannot be made for images of {list(shape)}: {error}") from error
        file = weights.url.rpartition("/")[2]
        raise InputError(
            f"the weights {file} cannot be downloaded: {error}",
            fix=f"put the file into {Path(torch.hub.get_dir(), 'checkpoints')}, or name a file: "
            "model.backbone.pretrained=FILE, or model.backbone.pretrained=false",
        ) from error
    return network


def _without_classifier(network: nn.Module, model: str) -> tuple[str, int]:
    """Replace the last linear layer by the identity; return its name and the number of its inputs."""
    name, last = list(network.named_modules())[-1]
    if not isinstance(last, nn.Linear):
        raise InputError(
            f"{model} does not end with a linear layer", expected="e.g. resnet50 | convnext_tiny | vit_b_16"
        )
    network.set_submodule(name, nn.Identity())
    return name, last.in_features
