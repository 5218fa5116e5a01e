from gcnlabel.losses.class_weights import inverse_frequency_weights
from gcnlabel.losses.cross_entropy import CrossEntropy
from gcnlabel.losses.dimensions import CCCLoss, MSELoss
from gcnlabel.losses.multi_task import MultiTaskLoss, default_weights
from gcnlabel.losses.scheme import SchemeWeighting, make_weighting
from gcnlabel.losses.tags import AsymmetricLoss, BinaryCrossEntropy
from gcnlabel.losses.task_loss import LOSSES, TaskLoss, make_loss
from gcnlabel.losses.uncertainty import UncertaintyWeighting
from gcnlabel.losses.weighting import WEIGHTINGS, FixedWeights, Weighting

__all__ = [
    "LOSSES",
    "WEIGHTINGS",
    "AsymmetricLoss",
    "BinaryCrossEntropy",
    "CCCLoss",
    "CrossEntropy",
    "FixedWeights",
    "MSELoss",
    "MultiTaskLoss",
    "SchemeWeighting",
    "TaskLoss",
    "UncertaintyWeighting",
    "Weighting",
    "default_weights",
    "inverse_frequency_weights",
    "make_loss",
    "make_weighting",
]
