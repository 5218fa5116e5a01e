"""Every head of an ablation is calibrated alike, on what its training part annotates."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gcnlabel.config.schema import Select
from gcnlabel.data import targets_to_tensors
from gcnlabel.metrics.main_metrics import mean_main_metric
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate
from gcnlabel.studies.ablation.candidates import candidates
from gcnlabel.studies.ablation.job import Job, _trained, measured

pytestmark = pytest.mark.filterwarnings("ignore")  # few samples lack labels and edges
HEADS = ("linear", "cosine", "signed graph", "published head", "generator without edges")
FEW = LabelBudget(task="affect", samples=12)


def job(config, data, *names, seed=0, steps=10, rates=(0.003, 0.03)):
    return Job(config, data, FEW, seed, Budget([seed], rates, steps), names)


def trained(config, data, name, **how):
    found = []
    for seed in (0, 1):
        one = job(config, data, name, seed=seed, **how)
        found += _trained(config, one, {name: candidates(config, one.data)[name]}).values()
    return found


def annotated(member):
    """Predictions, not bounded, and targets of each dimension where the training part annotates it."""
    part = member.train
    with torch.no_grad():
        standard = member.model.standard_scores(torch.as_tensor(part.inputs))
        values = member.model.units.train()(standard)["affect"].double().numpy()
    member.model.units.eval()
    targets = part.annotations.targets["affect"]
    return [(values[seen, d], targets[seen, d]) for d, seen in enumerate((~np.isnan(targets)).T)]


@pytest.mark.parametrize("name", HEADS)
def test_predictions_have_the_moments_of_the_annotated_training_targets(name, config, data):
    matched = 0
    for member in trained(config, data, name):
        for x, y in annotated(member):
            assert len(y) == 12
            if np.corrcoef(x, y)[0, 1] > 0.01:
                np.testing.assert_allclose([x.mean(), x.std()], [y.mean(), y.std()], rtol=1e-3, atol=1e-4)
                matched += 1
    assert matched >= 2  # of 2 dimensions of 2 members


def test_by_regression_errors_do_not_go_with_predictions(config, data):
    fitted = config.model_copy(update={"calibrate": "regression"})
    for member in trained(fitted, data, "linear"):
        for x, y in annotated(member):
            assert np.mean((x - y) * (x - x.mean())) == pytest.approx(0, abs=1e-3 * y.var())


def test_the_rate_is_chosen_by_what_is_calibrated(config, data):
    config = config.model_copy(update={"select": Select(metric="main", mode="max")})
    members = trained(config, data, "cosine")
    for member in members:
        val = member.held_out
        with torch.no_grad():
            found = member.model(torch.as_tensor(val.inputs))
        value = mean_main_metric(data.tasks, found, targets_to_tensors(val.annotations))
        assert member.value == pytest.approx(value, abs=1e-5)


def test_tags_and_ranks_of_dimensions_are_those_without_it(config, data):
    plain, found = (
        measured(job(config.model_copy(update={"calibrate": by}), data, "linear", "stacking", rates=(0.01,)))["heads"]
        for by in ("none", "auto")
    )
    assert list(found) == ["linear", "stacking"]
    for head, of_head in found.items():
        before, after = plain[head]["metrics"], of_head["metrics"]
        assert before["tags/lrap"] == after["tags/lrap"]
        assert before["affect/mean_ccc"] != after["affect/mean_ccc"]
        if head == "linear":  # another penalty may be best for the other
            assert before["affect/mean_pearson"] == pytest.approx(after["affect/mean_pearson"], abs=0.02)  # bounded


def test_a_head_that_diverged_is_left_alone(config, data):
    part = data.parts["train"]
    broken = replace(part, inputs=np.full_like(part.inputs, np.nan))
    for member in trained(config, replace(data, parts={**data.parts, "train": broken}), "linear", steps=5):
        assert member.value == -np.inf


@pytest.mark.parametrize("calibrate", ["none", "auto"])
def test_results_say_how_heads_were_calibrated(calibrate, config, data):
    chosen = config.model_copy(update={"calibrate": calibrate})
    results = ablate(chosen, data, [LabelBudget(0.5)], Budget([0], [0.01], 5), heads=["linear"])
    assert results["calibrated"] == ({} if calibrate == "none" else {"affect": "moments"})
