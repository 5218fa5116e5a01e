"""The typed config of a run: YAML in, checked values out."""

from gcnlabel.lazy import lazy

lazy(__name__)
