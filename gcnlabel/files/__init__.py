"""Files are written whole or not at all, never over something that exists unless asked, and read as one version."""

from gcnlabel.lazy import lazy

lazy(__name__)
