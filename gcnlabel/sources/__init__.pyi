from gcnlabel.sources.part import Part
from gcnlabel.sources.source import SOURCES, DataSource, Divided

__all__ = ["SOURCES", "DataSource", "Divided", "Part"]
