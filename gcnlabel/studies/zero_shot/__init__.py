"""Zero-shot and few-shot evaluation: how well a model scores a label that it was not trained on, beside baselines."""

from gcnlabel.lazy import lazy

lazy(__name__)
