"""``Data -> Data`` steps from a raw statistic to a propagation matrix; compose them with PyG's ``Compose``."""

from gcnlabel.lazy import lazy

lazy(__name__)
