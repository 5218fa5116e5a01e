"""Networks: the generator of label vectors, heads, backbones, and the model they make."""

from gcnlabel.lazy import lazy

lazy(__name__)
