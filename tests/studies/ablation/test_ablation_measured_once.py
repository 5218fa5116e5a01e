"""The statistics of some annotations are measured once, whatever the number of heads that stand on them."""

from dataclasses import replace

import numpy as np
import pytest

from gcnlabel.run import RunFolder, train
from gcnlabel.run.ensembles.crossing import FOLDS
from gcnlabel.statistics import LabelStatistics
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def measured(monkeypatch):
    """The blocks of each matrix that is measured."""
    found, compute = [], LabelStatistics.compute

    def counted(self):
        found.append({block["statistic"] for block in self.describe()})
        return compute(self)

    monkeypatch.setattr(LabelStatistics, "compute", counted)
    return found


def test_in_an_ablation(config, data, measured):
    """Of each amount and seed: the base models' statistic and the published head's; and what the base models are."""
    budget = Budget(seeds=(0, 1), rates=(0.01,), min_steps=1)
    heads = ["output propagation", "published head", "signed graph", "signed graph, unsigned"]
    amounts = [LabelBudget(0.9), LabelBudget(0.5)]
    wide = replace(data, parts={**data.parts, "val": data.parts["train"].select(np.arange(80).repeat(2))})
    ablate(config, wide, amounts, budget, heads=heads)
    assert len(measured) == 2 * 2 * 2 + 2
    assert measured.count({"spearman"}) == 6


def test_in_a_run_with_the_default_head(config, measured, tmp_path):
    train(config, RunFolder(tmp_path / "run"), progress=False)
    assert measured == [{"spearman"}] * (1 + FOLDS)  # few targets are held out: training targets are, in turn
