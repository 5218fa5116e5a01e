"""Networks: the generator of label vectors, heads, backbones, and the multi-task model."""

from gcnlabel.lazy import lazy

lazy(__name__)
