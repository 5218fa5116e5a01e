"""What a label graph is worth: beside baselines and wrong graphs, with the same recipe, at several label budgets."""

from gcnlabel.lazy import lazy

lazy(__name__)
