from gcnlabel.data.augmentation import AUGMENTATIONS, augmentation
from gcnlabel.data.batch_augmentation import BatchAugmentation
from gcnlabel.data.features import Standardize, load_features
from gcnlabel.data.graph_files import load_graphs, save_graphs
from gcnlabel.data.graph_lists import graphs_from_list
from gcnlabel.data.graphs import Graphs
from gcnlabel.data.images import load_images
from gcnlabel.data.molecules import graphs_from_smiles
from gcnlabel.data.samples import ArrayDataset, SeededRows, targets_to_tensors, whole_batch
from gcnlabel.data.texts import TextBatch, Texts

__all__ = [
    "AUGMENTATIONS",
    "ArrayDataset",
    "BatchAugmentation",
    "Graphs",
    "SeededRows",
    "Standardize",
    "TextBatch",
    "Texts",
    "augmentation",
    "graphs_from_list",
    "graphs_from_smiles",
    "load_features",
    "load_graphs",
    "load_images",
    "save_graphs",
    "targets_to_tensors",
    "whole_batch",
]
