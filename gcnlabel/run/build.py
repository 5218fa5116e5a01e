"""Build model, loss and optimizer from config, data and graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from torch import nn
from torch.optim import Optimizer

from gcnlabel.annotations import warn_unseen
from gcnlabel.config.schema import Config
from gcnlabel.data import Standardize
from gcnlabel.data.graph_scaling import StandardizeGraphs
from gcnlabel.data.graphs import Graphs
from gcnlabel.data.mixing import MIXINGS
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import MultiTaskLoss, make_loss, make_weighting
from gcnlabel.nn import BACKBONES, Backbone, MultiTaskModel, build_head
from gcnlabel.nn.backbone import BackbonePart
from gcnlabel.nn.scaling import ScaleImages, ScaleToImageNet
from gcnlabel.run.data import RunData
from gcnlabel.training import MultiTaskModule, make_optimizer
from gcnlabel.training.schedules import SCHEDULES, Schedule
from gcnlabel.units import Units


def build_model(config: Config, data: RunData, graph: LabelGraph | None) -> MultiTaskModel:
    """Return the model, initialised from the current random state."""
    backbone = build_backbone(config.model.backbone, data.parts["train"].inputs, config.standardize)
    head = build_head(config.model.head, data.tasks, backbone.out_features, graph)
    return MultiTaskModel(backbone, head, build_units(config, data))


def build_units(config: Config, data: RunData) -> Units:
    """Return the units of dimensions: standardised on the training split, or as annotated if the config says so."""
    if not config.standardize_targets:
        return Units(data.tasks)
    return Units.fit(data.parts["train"].annotations)


def build_backbone(settings: BackbonePart, inputs: Any, standardize: bool | Literal["auto"]) -> Backbone:
    """Return the backbone with its scaling of inputs: features [N, D], images [N, C, H, W], graphs or texts.

    Raises:
        InputError: The backbone does not suit the inputs.
    """
    backbone = BACKBONES.make(settings, tuple(inputs.shape[1:]))
    images = inputs.ndim == 4
    if settings.scaling is not None and not images:
        raise InputError(f"model.backbone.scaling: {settings.scaling}", expected="images as inputs")
    front: nn.Module = nn.Identity()
    if standardize and inputs.ndim in (2, 3):
        of_features = Standardize.chosen if standardize == "auto" else Standardize.fit
        front = StandardizeGraphs.fit(inputs) if inputs.ndim == 3 else of_features(inputs)
    if images:
        (own,) = backbone.own_scale
        scales = {"imagenet": ScaleToImageNet, "symmetric": ScaleImages, None: ScaleImages}
        front = own if own is not None and settings.scaling is None else scales[settings.scaling]()
    if isinstance(inputs, Graphs) and hasattr(backbone.network, "fit"):
        backbone.network.fit(inputs)
    return Backbone(nn.Sequential(front, backbone.network), backbone.out_features)


def build_loss(config: Config, data: RunData) -> MultiTaskLoss:
    """Return the losses of all tasks, fitted to the training split.

    Raises:
        InputError: A loss is given for an unknown task, or does not suit its task; or the weighting is unknown.
    """
    for name in config.loss:
        data.tasks[name]
    annotations = data.parts["train"].annotations
    warn_unseen(annotations)
    losses = {task.name: make_loss(task, config.loss.get(task.name, "default")) for task in data.tasks}
    for name, loss in losses.items():
        loss.fit(annotations, name)
    weights = {name: loss.weight for name, loss in config.loss.items() if loss.weight is not None}
    return MultiTaskLoss(losses, weights, make_weighting(config.weighting, losses), build_units(config, data))


def build_module(config: Config, data: RunData, graph: LabelGraph | None) -> MultiTaskModule:
    """Return the Lightning module of model, loss, optimizer and schedule.

    Raises:
        InputError: A setting does not suit the data.
    """
    check_kind_of_inputs(config, data)
    model, loss = build_model(config, data, graph), build_loss(config, data)
    frozen = config.optimizer.frozen
    module = MultiTaskModule(model, loss, build_optimizer(config), build_schedule(config), frozen)
    module.mix = None if config.training.mix is None else MIXINGS.make(config.training.mix)
    return module


def check_kind_of_inputs(config: Config, data: RunData) -> None:
    """Check that graphs and texts are not augmented or mixed, and texts not standardised or compiled.

    Raises:
        InputError: The config augments or mixes graphs.
    """
    training, inputs = config.training, data.parts["train"].inputs
    asked = {"training.augment": training.augment.name != "none", "training.mix": training.mix is not None}
    if inputs.ndim == 1:
        asked |= {"training.compile": training.compile, "standardize": config.standardize is True}
    named = [name for name, is_so in asked.items() if is_so]
    kinds = {1: "texts", 3: "graphs"}
    if named and inputs.ndim in kinds:
        raise InputError(f"{' and '.join(named)} of {kinds[inputs.ndim]}", expected="images, or features")


def build_optimizer(config: Config, *, fused: bool | None = None) -> Callable[[list[dict[str, Any]]], Optimizer]:
    """Return the function from groups of parameters to the optimizer; ``fused``: see ``make_optimizer``."""
    return partial(make_optimizer, settings=config.optimizer, fused=fused)


def build_schedule(config: Config) -> Schedule:
    """Return the factor of the learning rate as a function of the completed epochs."""
    made: Schedule = SCHEDULES.make(config.optimizer.schedule, config.training.epochs)
    return made
