"""Files and frames -> :class:`Annotations`; one module a format."""

from gcnlabel.lazy import lazy

lazy(__name__)
