from gcnlabel.training.checkpoint_io import SafeCheckpointIO, check_resumable, load_checkpoint
from gcnlabel.training.data_module import MultiTaskDataModule
from gcnlabel.training.ensemble import Ensemble
from gcnlabel.training.failures import clear_failures
from gcnlabel.training.file_names import BEST, LAST, LOGS
from gcnlabel.training.fit import fit
from gcnlabel.training.module import MultiTaskModule
from gcnlabel.training.optimizers import make_optimizer
from gcnlabel.training.plan import BatchPlan
from gcnlabel.training.predict import portions, predict
from gcnlabel.training.rare import draw_rows, rare_rows
from gcnlabel.training.selection import Selection
from gcnlabel.training.steps import Steps
from gcnlabel.training.trainer import has_stopped, make_trainer
from gcnlabel.training.trial import Trial

__all__ = [
    "BEST",
    "LAST",
    "LOGS",
    "BatchPlan",
    "Ensemble",
    "MultiTaskDataModule",
    "MultiTaskModule",
    "SafeCheckpointIO",
    "Selection",
    "Steps",
    "Trial",
    "check_resumable",
    "clear_failures",
    "draw_rows",
    "fit",
    "has_stopped",
    "load_checkpoint",
    "make_optimizer",
    "make_trainer",
    "portions",
    "predict",
    "rare_rows",
]
