"""Any network of timm, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from gcnlabel.errors import InputError, closest
from gcnlabel.nn.backbone import BACKBONES, Backbone, Images, Shape, channels_in
from gcnlabel.nn.pretrained import Pretrained, ScaleAsWeights, load_weights
from gcnlabel.optional import optional


def weights_pictures(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``size``, ``crop`` and ``interpolation`` that timm's weights of a network expect; empty without weights.

    Images are stretched where timm squashes or pads them.
    """
    if not options["pretrained"]:
        return {}
    timm = optional("timm", "timm", "model.backbone: timm")
    cfg = timm.get_pretrained_cfg(options["model"]) if timm.is_model(options["model"]) else None
    if cfg is None:
        return {}
    found = timm.data.resolve_data_config(pretrained_cfg=cfg.to_dict())
    _, height, width = found["input_size"]
    size = {"size": height} if height == width else {}
    crop = found["crop_pct"] if found["crop_mode"] == "center" else "none"
    return {**size, "crop": crop, "interpolation": found["interpolation"]}


@BACKBONES.register("timm", pictures=weights_pictures)
def any_timm(shape: Shape = (3, 224, 224), *, model: str, pretrained: Pretrained = False) -> Backbone:
    """Return a network of timm (extra ``timm``) without its classifier, with its own pooling.

    Images are scaled as the weights expect, unless ``scaling`` says otherwise.

    Args:
        shape: (3, H, W).
        model: Its name in timm, with or without a tag of weights: ``convnext_tiny`` or ``convnext_tiny.fb_in22k``.
        pretrained: Whether to start from timm's weights, which it downloads; or a file of weights, or a folder that
            holds one.

    Raises:
        InputError: timm is not installed, the inputs are no colour images, the network is unknown, or the weights
            cannot be loaded or are those of another network.
    """
    channels_in(shape, "timm", colour=True)
    timm = optional("timm", "timm", "model.backbone: timm")
    if not timm.is_model(model):  # also refuses names of hubs and folders, whose configurations timm would load
        raise InputError(
            f"unknown network of timm {model!r}",
            expected="a name of timm.list_models()",
            fix=closest(model, timm.list_models()),
        )
    network = _made(timm, model, pretrained is True, tuple(shape))
    cfg = network.pretrained_cfg
    if isinstance(pretrained, str):
        names = cfg.get("classifier") or ()
        load_weights(network, pretrained, [names] if isinstance(names, str) else list(names))
    features = getattr(network, "head_hidden_size", None) or network.num_features
    scale = ScaleAsWeights(cfg["mean"], cfg["std"])
    return Backbone(nn.Sequential(Images(3), network), features, scale=scale)


def _made(timm: Any, model: str, pretrained: bool, shape: Shape) -> Any:
    cfg = timm.get_pretrained_cfg(model)  # None for a network without weights
    size = {"img_size": shape[1:]} if cfg is not None and cfg.fixed_input_size else {}
    try:
        return timm.create_model(model, pretrained=pretrained, num_classes=0, **size)
    except Exception as error:  # hubs and networks raise errors of many types
        if not pretrained:
            raise InputError(f"{model} cannot be made for images of {list(shape)}: {error}") from error
        raise InputError(
            f"the weights of {model} cannot be downloaded: {error}",
            fix="download model.safetensors elsewhere and name it: model.backbone.pretrained=FILE; "
            "or model.backbone.pretrained=false",
        ) from error
