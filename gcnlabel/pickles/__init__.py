"""Read pickles of arrays without running code from them, and write such pickles for published code."""

from gcnlabel.lazy import lazy

lazy(__name__)
