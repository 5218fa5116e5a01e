"""A run behind HTTP: features, images or texts in, predictions as JSON out."""

from gcnlabel.lazy import lazy

lazy(__name__)
