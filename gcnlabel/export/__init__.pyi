from gcnlabel.export.description import describe_model
from gcnlabel.export.formats import FORMATS, export_model

__all__ = ["FORMATS", "describe_model", "export_model"]
