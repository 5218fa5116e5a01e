from gcnlabel.metrics.categorical import categorical_metrics, confusion_matrix
from gcnlabel.metrics.dimensional import dimensional_metrics
from gcnlabel.metrics.multilabel import average_precision, multilabel_metrics
from gcnlabel.metrics.task_metrics import METRICS, TaskMetrics
from gcnlabel.metrics.thresholds import tune_thresholds

__all__ = [
    "METRICS",
    "TaskMetrics",
    "average_precision",
    "categorical_metrics",
    "confusion_matrix",
    "dimensional_metrics",
    "multilabel_metrics",
    "tune_thresholds",
]
