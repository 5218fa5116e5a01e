"""Classifier heads that use dependencies between labels: annotations -> label graph -> generated heads."""

import warnings

warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", FutureWarning)  # of PyTorch Geometric's import

__version__ = "0.2.0"
