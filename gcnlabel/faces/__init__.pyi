from gcnlabel.faces.aff_wild2.reader import read_aff_wild2
from gcnlabel.faces.affectnet.reader import read_affectnet
from gcnlabel.faces.annotations import BASIC_EXPRESSIONS, FaceAnnotations, face_tasks
from gcnlabel.faces.emotic.categories import emotic_to_expressions
from gcnlabel.faces.emotic.reader import read_emotic

__all__ = [
    "BASIC_EXPRESSIONS",
    "FaceAnnotations",
    "emotic_to_expressions",
    "face_tasks",
    "read_aff_wild2",
    "read_affectnet",
    "read_emotic",
]
