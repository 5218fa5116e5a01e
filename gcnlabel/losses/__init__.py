"""Losses: masked for what is missing, one signature."""

from gcnlabel.losses.class_weights import inverse_frequency_weights
from gcnlabel.losses.masked import AsymmetricLoss, BinaryCrossEntropy, CCCLoss, CrossEntropy, MSELoss, TaskLoss
from gcnlabel.losses.multi_task import LOSSES, MultiTaskLoss, make_loss

__all__ = [
    "LOSSES",
    "AsymmetricLoss",
    "BinaryCrossEntropy",
    "CCCLoss",
    "CrossEntropy",
    "MSELoss",
    "MultiTaskLoss",
    "TaskLoss",
    "inverse_frequency_weights",
    "make_loss",
]
