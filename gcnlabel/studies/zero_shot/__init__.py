"""Zero-shot and few-shot evaluation: scores of labels left out of training, compared with baselines."""

from gcnlabel.lazy import lazy

lazy(__name__)
