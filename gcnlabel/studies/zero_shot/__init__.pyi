from gcnlabel.studies.zero_shot.baselines import BASELINES
from gcnlabel.studies.zero_shot.experiment import evaluate_zero_shot
from gcnlabel.studies.zero_shot.left_out import few_annotated, without_label
from gcnlabel.studies.zero_shot.rules import Evidence, Rule, ridge_scores, text_similarity
from gcnlabel.studies.zero_shot.scoring import CHOSEN, GRAPH, HAS_LABEL

__all__ = [
    "BASELINES",
    "CHOSEN",
    "GRAPH",
    "HAS_LABEL",
    "Evidence",
    "Rule",
    "evaluate_zero_shot",
    "few_annotated",
    "ridge_scores",
    "text_similarity",
    "without_label",
]
