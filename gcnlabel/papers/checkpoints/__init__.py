"""Import of checkpoints of published code into models and run folders of this package."""

from gcnlabel.lazy import lazy

lazy(__name__)
