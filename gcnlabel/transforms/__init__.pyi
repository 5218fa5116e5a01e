from torch_geometric.transforms import Compose

from gcnlabel.transforms.absolute import Absolute
from gcnlabel.transforms.binarize import Binarize
from gcnlabel.transforms.conventions import CONVENTIONS, Convention
from gcnlabel.transforms.label_transform import LabelTransform
from gcnlabel.transforms.normalize import Normalize
from gcnlabel.transforms.reweight import ColumnReweight, Reweight
from gcnlabel.transforms.sign import Sign
from gcnlabel.transforms.task_pairs import TaskPairs
from gcnlabel.transforms.threshold import AbsoluteThreshold, Threshold
from gcnlabel.transforms.top_k import TopK
from gcnlabel.transforms.transpose import Transpose

__all__ = [
    "CONVENTIONS",
    "Absolute",
    "AbsoluteThreshold",
    "Binarize",
    "ColumnReweight",
    "Compose",
    "Convention",
    "LabelTransform",
    "Normalize",
    "Reweight",
    "Sign",
    "TaskPairs",
    "Threshold",
    "TopK",
    "Transpose",
]
