"""ML-GCN (Chen et al., CVPR 2019): tags by conditional probability."""

from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import ColumnReweight, Normalize, Transpose
from gcnlabel.transforms.conventions import CONVENTIONS, Convention
from gcnlabel.transforms.task_pairs import Pair


@CONVENTIONS.register("ml-gcn-paper")
def paper() -> Convention:
    """ML-GCN's paper, Eq. 7 and 8: edges only between tags of one task."""
    return Convention(tau=0.4, p=0.2, pairs=tag_pairs)


@CONVENTIONS.register("ml-gcn-code")
def code() -> Convention:
    """ML-GCN's released code: column counts, self-loop 1, then ``D^-1/2 Aᵀ D^-1/2``."""
    then = (Normalize("sym"), Transpose())
    return Convention(tau=0.4, p=0.25, pairs=tag_pairs, reweight=ColumnReweight, then=then)


def tag_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every multi-label task paired with itself."""
    return [(task.name, task.name) for task in tasks if task.binary]
