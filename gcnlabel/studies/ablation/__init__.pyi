from gcnlabel.studies.ablation.comparison import Difference, difference, holm
from gcnlabel.studies.ablation.experiment import ablate
from gcnlabel.studies.ablation.job import Budget
from gcnlabel.studies.ablation.label_budgets import LabelBudget
from gcnlabel.studies.ablation.writing import run_ablation

__all__ = ["Budget", "Difference", "LabelBudget", "ablate", "difference", "holm", "run_ablation"]
