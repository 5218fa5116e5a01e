"""Annotations -> how labels depend on each other; accumulators that stream and merge."""

from gcnlabel.lazy import lazy

lazy(__name__)
