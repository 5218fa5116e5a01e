"""Options that make training faster without changing its results."""

from __future__ import annotations

import torch

from gcnlabel.config import Config
from gcnlabel.data import AUGMENTATIONS
from gcnlabel.training import MultiTaskModule


def set_for_speed(module: MultiTaskModule, config: Config) -> None:
    """Apply the options of speed to a module: place of augmentation, memory format, compilation."""
    settings = config.training
    if settings.augment_on == "device":
        module.augment = AUGMENTATIONS.make(settings.augment)
    if settings.channels_last:
        module.memory_format = torch.channels_last
        module.model.to(memory_format=torch.channels_last)
    if settings.compile:
        module.model.backbone.compile()
