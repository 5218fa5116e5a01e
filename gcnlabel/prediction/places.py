"""Tables of where in each image stands what is predicted: what reads them may stand in a wing."""

from gcnlabel.registry import Registry

PLACES = Registry("table of places", "gcnlabel.prediction.places")
"""Makes, of the path of a file, name of an image -> :class:`~gcnlabel.sources.source.Place`."""
