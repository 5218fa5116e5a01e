"""PyG transforms from a raw statistic to a propagation matrix; combine them with PyG's ``Compose``."""

from gcnlabel.lazy import lazy

lazy(__name__)
