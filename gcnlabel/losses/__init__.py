"""Losses: masked for what is missing, one signature."""

from gcnlabel.losses.class_weights import inverse_frequency_weights
from gcnlabel.losses.masked import AsymmetricLoss, BinaryCrossEntropy, CCCLoss, CrossEntropy, MSELoss, TaskLoss
from gcnlabel.losses.multi_task import LOSSES, MultiTaskLoss, default_weights, make_loss, make_weighting
from gcnlabel.losses.scheme import SchemeWeighting
from gcnlabel.losses.uncertainty import UncertaintyWeighting
from gcnlabel.losses.weighting import FixedWeights, Weighting

__all__ = [
    "LOSSES",
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
