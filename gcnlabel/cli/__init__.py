"""The command line, with one module per command."""

from gcnlabel.lazy import lazy

lazy(__name__)
