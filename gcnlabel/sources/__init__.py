"""Where the data of a run comes from: a file a source, which answers everything that is asked of it."""

from gcnlabel.sources.part import Part
from gcnlabel.sources.source import SOURCES, DataSource, Divided

__all__ = ["SOURCES", "DataSource", "Divided", "Part"]
