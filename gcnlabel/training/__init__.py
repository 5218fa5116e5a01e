"""Training: one plan of batches and one selection, followed by Lightning and by an ensemble of small models."""

from gcnlabel.lazy import lazy

lazy(__name__)
