"""The propagation matrix Â: constant, or learned within its edges."""

from gcnlabel.lazy import lazy

lazy(__name__)
