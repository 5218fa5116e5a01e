"""What a label graph is worth: rivals and wrong graphs beside it, with the same recipe, at many amounts of data."""

from gcnlabel.lazy import lazy

lazy(__name__)
