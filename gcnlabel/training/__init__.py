"""Training with Lightning, or of many small models at once, by the same plan of batches and selection of epochs."""

from gcnlabel.lazy import lazy

lazy(__name__)
