"""``python -m gcnlabel``."""

from gcnlabel.cli import main

main()
