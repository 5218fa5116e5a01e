"""The label graph: building, saving and exporting it."""

from gcnlabel.lazy import lazy

lazy(__name__)
