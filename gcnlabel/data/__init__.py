"""Inputs of a run: feature arrays, images, the bundled synthetic faces."""

from gcnlabel.data.augmentation import augmentation
from gcnlabel.data.batch_augmentation import BatchAugmentation
from gcnlabel.data.features import Standardize, load_features
from gcnlabel.data.images import load_images
from gcnlabel.data.samples import ArrayDataset, SeededRows, targets_to_tensors, whole_batch
from gcnlabel.data.synthetic_faces import SYNTHETIC_TASKS, synthetic_faces

__all__ = [
    "SYNTHETIC_TASKS",
    "ArrayDataset",
    "BatchAugmentation",
    "SeededRows",
    "Standardize",
    "augmentation",
    "load_features",
    "load_images",
    "synthetic_faces",
    "targets_to_tensors",
    "whole_batch",
]
