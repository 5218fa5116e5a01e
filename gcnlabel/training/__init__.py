"""Training with Lightning: module, data, checkpoints, tables."""

from gcnlabel.training.checkpoint_io import SafeCheckpointIO, load_checkpoint
from gcnlabel.training.data_module import MultiTaskDataModule
from gcnlabel.training.module import MultiTaskModule, predict
from gcnlabel.training.optimizers import make_optimizer, schedule_factor
from gcnlabel.training.trainer import BEST, LAST, make_trainer

__all__ = [
    "BEST",
    "LAST",
    "MultiTaskDataModule",
    "MultiTaskModule",
    "SafeCheckpointIO",
    "load_checkpoint",
    "make_optimizer",
    "make_trainer",
    "predict",
    "schedule_factor",
]
