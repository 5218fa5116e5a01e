"""Cross-validation of a config."""

from gcnlabel.lazy import lazy

lazy(__name__)
