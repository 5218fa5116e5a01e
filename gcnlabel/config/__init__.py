"""The typed config of a run, read from YAML and checked."""

from gcnlabel.lazy import lazy

lazy(__name__)
