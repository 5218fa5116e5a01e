"""The statistics of some annotations are measured once, whatever the number of heads that stand on them."""

import pytest

from gcnlabel.run import RunFolder, train
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
    """Of each amount and seed: the default's statistic and the published head's."""
    budget = Budget(seeds=(0, 1), rates=(0.01,), min_steps=1)
    heads = ["output propagation", "published head", "identity graph", "unsigned", "random embeddings"]
    ablate(config, data, [LabelBudget(0.9), LabelBudget(0.5)], budget, heads=heads)
    assert len(measured) == 2 * 2 * 2
    assert measured.count({"spearman"}) == 4


def test_in_a_run_with_the_default_head(config, measured, tmp_path):
    train(config, RunFolder(tmp_path / "run"), progress=False)
    assert measured == [{"spearman"}]
