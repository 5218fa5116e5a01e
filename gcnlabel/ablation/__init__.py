"""What a label graph is worth: rivals and wrong graphs beside it, with the same recipe, at many amounts of data."""

from gcnlabel.ablation.comparison import Difference, difference, holm
from gcnlabel.ablation.experiment import ablate
from gcnlabel.ablation.measuring import Budget
from gcnlabel.ablation.regimes import Regime
from gcnlabel.ablation.writing import run_ablation

__all__ = ["Budget", "Difference", "Regime", "ablate", "difference", "holm", "run_ablation"]
