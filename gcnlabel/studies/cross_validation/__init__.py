"""Cross-validation: what a config reaches on each fold of its samples, trained on the others."""

from gcnlabel.lazy import lazy

lazy(__name__)
