from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import SOURCES, DataSource, Divided

__all__ = ["SOURCES", "DataSource", "Divided", "SampleSet"]
