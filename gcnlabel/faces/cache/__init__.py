"""Cache of aligned faces, written by ``gcnlabel prepare`` and read in training."""
