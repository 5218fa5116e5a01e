"""Jobs are kept: what was stopped goes on, and results of something else are not taken for these."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.errors import InputError
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate, experiment, job_files
from gcnlabel.studies.ablation.job_files import digest, file_of

pytestmark = pytest.mark.filterwarnings("ignore")
BUDGET = Budget(seeds=(0, 1), rates=(0.01,), min_steps=3)
AMOUNTS = [LabelBudget(0.5), LabelBudget(task="affect", samples=5)]


class StoppedError(Exception):
    pass


@pytest.fixture
def measured(monkeypatch):
    """Label budget and seed of each job that is measured."""
    found, plain = [], experiment.measured

    def counted(job):
        found.append((str(job.amount), job.seed))
        return plain(job)

    monkeypatch.setattr(experiment, "measured", counted)
    return found


def call(config, data, folder, amounts=AMOUNTS, budget=BUDGET, heads=("stacking",), **options):
    return ablate(config, data, amounts, budget, heads=heads, folder=folder, **options)


def test_what_was_stopped_goes_on_and_is_what_it_is_without_a_stop(config, data, tmp_path, measured):
    whole, before = call(config, data, tmp_path / "whole"), list(measured)
    measured.clear()

    def stop(done, total):
        assert total == 4
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        call(config, data, tmp_path / "out", progress=stop)
    assert measured == before[:3]
    counts = []
    again = call(config, data, tmp_path / "out", progress=lambda done, total: counts.append(done))
    assert measured == before
    assert counts == [3, 4]
    assert again == whole
    assert list(again["regimes"]) == list(whole["regimes"])


def test_label_budgets_have_their_order_whichever_was_first(config, data, tmp_path):
    call(config, data, tmp_path, AMOUNTS[1:])
    kept = []
    call(config, data, tmp_path, keep=lambda found: kept.append(list(found["regimes"])))
    assert kept == [[str(AMOUNTS[1])], [str(amount) for amount in AMOUNTS]]


def test_more_seeds_are_added_to_those_that_are_there(config, data, tmp_path, measured):
    one = call(config, data, tmp_path, budget=replace(BUDGET, seeds=(0,)))
    measured.clear()
    two = call(config, data, tmp_path)
    assert measured == [(str(amount), 1) for amount in AMOUNTS]
    for name, regime in one["regimes"].items():
        for head, of in regime["heads"].items():
            for metric, values in of["metrics"].items():
                assert two["regimes"][name]["heads"][head]["metrics"][metric][:1] == values


def changed(data, part="train", **values):
    return replace(data, parts={**data.parts, part: replace(data.parts[part], **values)})


@pytest.mark.parametrize(
    "what", ["rates", "min_steps", "heads", "config.optimizer", "config.seed", "features", "targets", "version"]
)
def test_results_of_something_else_are_refused_by_name(what, config, data, tmp_path, measured, monkeypatch):
    call(config, data, tmp_path, AMOUNTS[:1])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    given, options, named = config, {}, what
    if what in ("rates", "min_steps"):
        options["budget"] = replace(BUDGET, **{what: {"rates": (0.02,), "min_steps": 4}[what]})
    elif what == "heads":
        options["heads"] = ["cosine"]
    elif what == "version":
        monkeypatch.setattr(job_files, "__version__", "0.0")
    elif what == "config.seed":
        given = config.model_copy(update={"seed": 5})
    elif what == "config.optimizer":
        given = config.model_copy(update={"optimizer": config.optimizer.model_copy(update={"lr": 0.5})})
    elif what == "features":
        inputs = data.parts["test"].inputs.copy()
        inputs[-1, -1] += 0.001
        data, named = changed(data, "test", inputs=inputs), "data"
    else:
        annotations = data.parts["val"].annotations
        affect = annotations.targets["affect"].copy()
        affect[-1, -1] += 0.001
        moved = replace(annotations, targets={**annotations.targets, "affect": affect})
        data, named = changed(data, "val", annotations=moved), "data"
    measured.clear()
    with pytest.raises(InputError, match=rf"0\.json was measured with another {named}\n(.|\n)*--overwrite"):
        call(given, data, tmp_path, AMOUNTS[:1], **options)
    assert measured == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"depends_on": {}, "heads": {}}', '{"heads": 1}'])
def test_damaged_results_are_refused(content, config, data, tmp_path, measured):
    path = file_of(tmp_path, str(AMOUNTS[0]), 0)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(InputError, match=r"0\.json is damaged"):
        call(config, data, tmp_path, AMOUNTS[:1])
    assert measured == []


def test_names_of_files_are_safe_and_of_different_label_budgets_different(tmp_path):
    amounts = ["5% of the samples", "5- of the samples", "../up on 3 samples", "a/b on 3 samples", "\x00: on 3 samples"]
    paths = [file_of(tmp_path, amount, 0) for amount in amounts]
    assert len(set(paths)) == len(amounts)
    assert all(path.resolve().parent.parent == tmp_path.resolve() for path in paths)


def test_sparse_tags_and_images_on_disk(data):
    class Unread(LazyImages):
        def _read(self, rows):
            raise AssertionError("read")

    tags = np.eye(4)[np.arange(80) % 4]

    def drawn(size, targets):
        annotations = data.parts["train"].annotations
        told = replace(annotations, targets={**annotations.targets, "tags": targets})
        return digest(changed(data, annotations=told, inputs=Unread(80, (1, size, size))))

    assert drawn(4, sparse.csr_matrix(tags)) == drawn(4, sparse.csr_matrix(tags.copy()))
    assert drawn(4, sparse.csr_matrix(tags)) != drawn(4, sparse.csr_matrix(tags[::-1]))
    assert drawn(4, tags) != drawn(5, tags)


def test_a_job_is_a_file_with_what_it_depends_on(config, data, tmp_path):
    call(config, data, tmp_path, AMOUNTS[:1])
    found = json.loads(file_of(tmp_path, str(AMOUNTS[0]), 1).read_text())
    told = found["depends_on"]
    assert (told["seed"], told["rates"], told["min_steps"]) == (1, [0.01], 3)
    assert told["heads"] == list(found["heads"])
    assert told["config.training"]["batch_size"] == 16
