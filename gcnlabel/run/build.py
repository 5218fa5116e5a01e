"""Config, data and graph -> model, loss, optimizer."""

from __future__ import annotations

from functools import partial

from torch import nn

from gcnlabel.annotations import warn_unseen
from gcnlabel.config.schema import BackboneConfig, Config, Loss
from gcnlabel.data import Standardize
from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import MultiTaskLoss, make_loss, make_weighting
from gcnlabel.nn import FEATURE_BACKBONES, IMAGE_BACKBONES, Backbone, MultiTaskModel
from gcnlabel.nn.scaling import ScaleImages, ScaleToImageNet
from gcnlabel.run.class_weights import class_weights
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.heads import build_head
from gcnlabel.training import MultiTaskModule, make_optimizer, schedule_factor
from gcnlabel.units import Units


def build_model(config: Config, data: RunData, graph: LabelGraph | None) -> MultiTaskModel:
    """Return backbone and head, drawn from the current random state."""
    backbone = build_backbone(config.model.backbone, data.parts["train"], config.standardize)
    head = build_head(config.model.head, data.tasks, backbone.out_features, graph)
    return MultiTaskModel(backbone, head, build_units(config, data))


def build_units(config: Config, data: RunData) -> Units:
    """Return the units of dimensions: those of the training split, or as annotated where the config says so."""
    if not config.standardize_targets:
        return Units(data.tasks)
    return Units.fit(data.parts["train"].annotations)


def build_backbone(settings: BackboneConfig, part: Part, standardize: bool) -> Backbone:
    """Return the backbone for the inputs of a part, with their scaling in front.

    Raises:
        InputError: The backbone does not suit the inputs, or an option does not suit the backbone.
    """
    inputs = part.inputs
    images = inputs.ndim == 4
    family = IMAGE_BACKBONES if images else FEATURE_BACKBONES
    if settings.name not in family:
        kind = "images" if images else "features"
        raise InputError(f"backbone {settings.name!r} does not take {kind}", expected=" | ".join(family))
    options = settings.model_dump(exclude={"name", "scaling"}, exclude_none=True)
    size = {"in_features": inputs.shape[1]} if not images else {}
    if settings.name == "small_cnn":
        size = {"channels": inputs.shape[1]}
    elif images and inputs.shape[1] != 3:
        raise InputError(f"backbone {settings.name!r} takes colour images", fix="set data.channels to 3")
    try:
        backbone = family[settings.name](**size, **options)
    except TypeError as error:
        raise InputError(f"backbone {settings.name!r} has no option {shorten(options)}: {error}") from error
    if settings.scaling is not None and not images:
        raise InputError(f"model.backbone.scaling: {settings.scaling}", expected="images; these inputs are features")
    scale = ScaleToImageNet if settings.scaling == "imagenet" else ScaleImages
    front: nn.Module = scale() if images else Standardize.fit(inputs) if standardize else nn.Identity()
    return Backbone(nn.Sequential(front, backbone.network), backbone.out_features)


def build_loss(config: Config, data: RunData) -> MultiTaskLoss:
    """Return the loss of every task, with weights of classes and tags from the training part.

    Raises:
        InputError: A loss is given for a task that does not exist, or does not suit its task; or there is no such
            weighting.
    """
    for name in config.loss:
        data.tasks[name]
    warn_unseen(data.parts["train"].annotations)
    losses, weights = {}, {}
    for task in data.tasks:
        settings = config.loss.get(task.name, Loss())
        wanted = settings.class_weights
        options = {"class_weights": class_weights(task, wanted, data.parts["train"].annotations)} if wanted else {}
        losses[task.name] = make_loss(task, settings.name, **options)
        if settings.weight is not None:
            weights[task.name] = settings.weight
    return MultiTaskLoss(losses, weights, make_weighting(config.weighting, losses), build_units(config, data))


def build_module(config: Config, data: RunData, graph: LabelGraph | None) -> MultiTaskModule:
    """Return everything that is trained, ready for Lightning."""
    settings = config.optimizer
    return MultiTaskModule(
        build_model(config, data, graph),
        build_loss(config, data),
        partial(
            make_optimizer,
            name=settings.name,
            lr=settings.lr,
            weight_decay=settings.weight_decay,
            momentum=settings.momentum,
        ),
        schedule_factor(settings.schedule, config.training.epochs, settings.step_epochs, settings.step_factor),
    )
