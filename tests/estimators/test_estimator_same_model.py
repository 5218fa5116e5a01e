"""One config, one model: what an estimator trains is what ``gcnlabel train`` trains by ``config_``."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gcnlabel.estimators import LabelGraphEstimator, fitting
from gcnlabel.run import RunFolder, steps, train
from gcnlabel.run.loading import load_model
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")

TASKS = TaskSet([MultiLabel("tags", ["a", "b", "c"]), Dimensional("film", ["year", "stars"])])


def samples(count=90):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(count, 4)).astype(np.float32)
    cause = X @ rng.normal(size=(4, 5)) + 0.3 * rng.normal(size=(count, 5))
    tags = (cause[:, :3] > 0).astype(float)
    film = cause[:, 3:] * [15, 0.5] + [1988, 3]
    film[20:, 0] = np.nan
    return X, {"tags": tags, "film": film}


@pytest.mark.parametrize("head", ["linear", "graph-cosine", "default"])
def test_an_estimator_is_the_run_of_its_config(head, tmp_path, monkeypatch):
    X, targets = samples()
    options = {"hidden_layer_sizes": (6,), "batch_size": 16, "max_iter": 4, "head": head, "random_state": 3}
    options["validation_fraction"] = 0.1
    given, plain = [], fitting.trained_model
    monkeypatch.setattr(fitting, "trained_model", lambda *of: given.append(of[1].data) or plain(*of))
    model = LabelGraphEstimator(TASKS, **options).fit(X, targets)
    (data,) = given  # which samples are held out, and their order
    assert sorted(len(part.inputs) for part in data.parts.values()) == [9, 81]
    data = replace(data, parts={**data.parts, "test": data.parts["val"]})
    monkeypatch.setattr(steps, "load_data", lambda *given, **options: data)
    folder = RunFolder(tmp_path)
    train(model.config_, folder, progress=False)
    run = load_model(folder)[0]
    with torch.no_grad():
        wanted = run(torch.from_numpy(X))
    for name, scores in model._scores(X).items():
        np.testing.assert_allclose(scores, wanted[name].numpy(), rtol=2e-3, atol=2e-3)
