"""The command line; one module a command."""

from gcnlabel.lazy import lazy

lazy(__name__)
