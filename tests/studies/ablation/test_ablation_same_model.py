"""One config, one model: a head in an ablation is what ``gcnlabel train`` would train."""

import pytest

from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, train
from gcnlabel.run.data import load_data
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate

pytestmark = pytest.mark.filterwarnings("ignore")

CHANGES = {
    "as it is": [],
    "more steps": ["training.min_steps=45"],
    "dropout, another metric": ["model.backbone.dropout=0.4", "select={metric: main, mode: max}"],
    "class weights, early end": ["loss.mood.class_weights=true", "training.patience=1", "optimizer.lr=0.05"],
}


@pytest.mark.parametrize("head", ["linear", "default"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_head_is_that_of_train(head, change, mixed, tmp_path):
    config = load_config(mixed, [*CHANGES[change], "seed=4", f"model.head.name={head}"])
    wanted = train(config, RunFolder(tmp_path / "run"), progress=False)["tasks"]
    budget = Budget([config.seed], [config.optimizer.lr], min_steps=0)
    found = ablate(config, load_data(config), [LabelBudget()], budget, heads=[head])
    metrics = found["regimes"]["100% of the samples"]["heads"][head]["metrics"]
    names = [f"{task}/{name}" for task, of in wanted.items() for name, value in of.items() if isinstance(value, float)]
    assert list(metrics) == names
    for name, (value,) in metrics.items():
        task, _, metric = name.partition("/")
        assert value == pytest.approx(wanted[task][metric], abs=2e-3), name


@pytest.mark.parametrize("change", ["select.split=test", "training.precision=bf16-mixed", "weighting=uncertainty"])
def test_what_train_would_do_otherwise_is_refused(change, config, data, mixed):
    with pytest.raises(InputError, match=change.partition("=")[0].replace(".", r"\.")):
        ablate(load_config(mixed, [change]), data, [LabelBudget()], Budget([0]))
