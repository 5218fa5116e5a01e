"""Aligned faces, made once by ``gcnlabel prepare`` and read by every training."""
