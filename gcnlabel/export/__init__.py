"""Export of trained models to files that run without gcnlabel and PyTorch Geometric."""

from gcnlabel.lazy import lazy

lazy(__name__)
