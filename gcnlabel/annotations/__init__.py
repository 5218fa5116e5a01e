"""Files and frames -> :class:`Annotations`; one module a format."""

from gcnlabel.annotations.annotations import MISSING_CLASS, Annotations

__all__ = ["MISSING_CLASS", "Annotations"]
