"""Where the data of a run comes from: a file a source, which answers everything that is asked of it."""

from gcnlabel.lazy import lazy

lazy(__name__)
