"""How well a model scores a label that it was not trained on, beside simpler ways to score it."""

from gcnlabel.lazy import lazy

lazy(__name__)
