from gcnlabel.training.checkpoint_io import SafeCheckpointIO, load_checkpoint
from gcnlabel.training.data_module import MultiTaskDataModule
from gcnlabel.training.failures import clear_failures
from gcnlabel.training.module import MultiTaskModule, predict
from gcnlabel.training.optimizers import make_optimizer, schedule_factor
from gcnlabel.training.scarce import draw_rows, scarce_rows
from gcnlabel.training.trainer import BEST, LAST, TENSORBOARD, make_trainer

__all__ = [
    "BEST",
    "LAST",
    "TENSORBOARD",
    "MultiTaskDataModule",
    "MultiTaskModule",
    "SafeCheckpointIO",
    "clear_failures",
    "draw_rows",
    "load_checkpoint",
    "make_optimizer",
    "make_trainer",
    "predict",
    "scarce_rows",
    "schedule_factor",
]
