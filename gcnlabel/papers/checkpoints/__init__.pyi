from gcnlabel.papers.checkpoints.assembly import ImportedModel
from gcnlabel.papers.checkpoints.checkpoint import PublishedCheckpoint, read_checkpoint
from gcnlabel.papers.checkpoints.class_names import COCO, VOC, class_names
from gcnlabel.papers.checkpoints.emotion_gcn import CLASSES, EMOTION_GCN_TASKS, import_emotion_gcn
from gcnlabel.papers.checkpoints.ml_gcn import import_ml_gcn
from gcnlabel.papers.checkpoints.run_folder import save_run

__all__ = [
    "CLASSES",
    "COCO",
    "EMOTION_GCN_TASKS",
    "VOC",
    "ImportedModel",
    "PublishedCheckpoint",
    "class_names",
    "import_emotion_gcn",
    "import_ml_gcn",
    "read_checkpoint",
    "save_run",
]
