"""A wing: data sets of faces, their alignment and cache, and synthetic faces."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
MODULES = ("annotations", "aff_wild2.reader", "affectnet.reader", "emotic.categories", "emotic.reader")


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the commands of this wing show their help at once."""
    for module in MODULES if name in __all__ else ():
        found = vars(importlib.import_module(f"gcnlabel.faces.{module}"))
        if name in found:
            return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
