"""Registry of readers for tables with the region of each image to predict."""

from gcnlabel.registry import Registry

PLACES = Registry("table of places", "gcnlabel.prediction.places")
"""Functions from the path of a table to a dict: image name -> :class:`~gcnlabel.sources.source.Place`."""
