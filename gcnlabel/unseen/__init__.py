"""How well a model scores a label that it was not trained on, beside simpler ways to score it."""

from gcnlabel.unseen.experiment import evaluate_unseen
from gcnlabel.unseen.left_out import few_annotated, without_label
from gcnlabel.unseen.rivals import RIVALS
from gcnlabel.unseen.scoring import GRAPH

__all__ = ["GRAPH", "RIVALS", "evaluate_unseen", "few_annotated", "without_label"]
