"""HTTP server of a run: takes features, images or texts and returns predictions as JSON."""

from gcnlabel.lazy import lazy

lazy(__name__)
