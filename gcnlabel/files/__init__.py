"""Files are written atomically, replaced only if asked, and read in one version."""

from gcnlabel.lazy import lazy

lazy(__name__)
