from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.arff import read_arff, read_arff_inputs, read_arff_splits
from gcnlabel.annotations.arff_labels import read_label_xml
from gcnlabel.annotations.coco import read_coco, read_coco_splits
from gcnlabel.annotations.frames import from_frame
from gcnlabel.annotations.layout import AS_SEEN, Layout, Long
from gcnlabel.annotations.odd_files import warn_odd_file
from gcnlabel.annotations.stratified import stratified_split
from gcnlabel.annotations.table import count_rows, iter_table, read_rows, read_table
from gcnlabel.annotations.tag_lists import is_tag_list, read_tag_list
from gcnlabel.annotations.unseen import unseen_labels, warn_unseen
from gcnlabel.annotations.voc import read_voc
from gcnlabel.tasks import MISSING_CLASS

__all__ = [
    "AS_SEEN",
    "MISSING_CLASS",
    "Annotations",
    "Layout",
    "Long",
    "count_rows",
    "from_frame",
    "is_tag_list",
    "iter_table",
    "read_arff",
    "read_arff_inputs",
    "read_arff_splits",
    "read_coco",
    "read_coco_splits",
    "read_label_xml",
    "read_rows",
    "read_table",
    "read_tag_list",
    "read_voc",
    "stratified_split",
    "unseen_labels",
    "warn_odd_file",
    "warn_unseen",
]
