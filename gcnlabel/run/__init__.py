"""A run: config -> data, graph, model -> training -> evaluation, kept in a folder."""

from gcnlabel.lazy import lazy

lazy(__name__)
