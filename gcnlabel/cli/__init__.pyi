from gcnlabel.cli.main import main

__all__ = ["main"]
