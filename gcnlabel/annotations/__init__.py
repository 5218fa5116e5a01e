"""Files and frames -> :class:`Annotations`; one module a format."""

from gcnlabel.annotations.annotations import MISSING_CLASS, Annotations
from gcnlabel.annotations.arff import read_arff, read_arff_splits, read_label_xml
from gcnlabel.annotations.frames import from_frame
from gcnlabel.annotations.table import iter_table, read_table
from gcnlabel.annotations.unseen import unseen_labels, warn_unseen

__all__ = [
    "MISSING_CLASS",
    "Annotations",
    "from_frame",
    "iter_table",
    "read_arff",
    "read_arff_splits",
    "read_label_xml",
    "read_table",
    "unseen_labels",
    "warn_unseen",
]
