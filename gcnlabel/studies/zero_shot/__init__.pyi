from gcnlabel.studies.zero_shot.experiment import evaluate_unseen
from gcnlabel.studies.zero_shot.left_out import few_annotated, without_label
from gcnlabel.studies.zero_shot.rivals import RIVALS
from gcnlabel.studies.zero_shot.scoring import GRAPH

__all__ = ["GRAPH", "RIVALS", "evaluate_unseen", "few_annotated", "without_label"]
