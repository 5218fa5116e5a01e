"""Statistics of the dependence between labels; accumulators that stream and merge."""

from gcnlabel.lazy import lazy

lazy(__name__)
