from gcnlabel.export.description import describe_model
from gcnlabel.export.formats import FORMATS, export_model
from gcnlabel.export.of_run import describe_network

__all__ = ["FORMATS", "describe_model", "describe_network", "export_model"]
