from gcnlabel.data.augmentation import AUGMENTATIONS, augmentation
from gcnlabel.data.batch_augmentation import BatchAugmentation
from gcnlabel.data.features import Standardize, load_features
from gcnlabel.data.images import load_images
from gcnlabel.data.samples import ArrayDataset, SeededRows, targets_to_tensors, whole_batch

__all__ = [
    "AUGMENTATIONS",
    "ArrayDataset",
    "BatchAugmentation",
    "SeededRows",
    "Standardize",
    "augmentation",
    "load_features",
    "load_images",
    "targets_to_tensors",
    "whole_batch",
]
