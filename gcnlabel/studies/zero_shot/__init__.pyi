from gcnlabel.studies.zero_shot.baselines import BASELINES
from gcnlabel.studies.zero_shot.experiment import evaluate_zero_shot
from gcnlabel.studies.zero_shot.left_out import few_annotated, without_label
from gcnlabel.studies.zero_shot.scoring import GRAPH

__all__ = ["BASELINES", "GRAPH", "evaluate_zero_shot", "few_annotated", "without_label"]
