"""``gcnlabel tune`` on small data, from the search space to the files."""

import json

import numpy as np
import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from mixed_data import write

from gcnlabel import optional as optional_module
from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.nn import HEADS
from gcnlabel.run import RunFolder, train
from gcnlabel.run.data import load_data
from gcnlabel.studies.tuning import Choices, Range, default_space, read_space, tune
from gcnlabel.studies.tuning.trial import reached

pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("optuna")
QUICK = ["training.epochs=2", "calibrate=none"]
SPACE = {
    "optimizer.lr": Range(0.001, 0.1, log=True),
    "model.head": Choices(("linear", "graph")),
    "graph.tau": Range(0.05, 0.3),
    "graph.embeddings": Choices(("one-hot",)),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("tuned"), ("mood", "tags"), samples=60)


@pytest.fixture(scope="module")
def config(path):
    return load_config(path, [*QUICK, "model.head=linear"])


@pytest.fixture(scope="module")
def tuned(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuning") / "out"
    return folder, tune(config, folder, 4, space=SPACE)


def trials(folder):
    return pl.read_csv(folder / "trials.csv", infer_schema=False).drop("seconds")


def test_the_best_config_reaches_its_value_by_train(tuned, tmp_path):
    folder, found = tuned
    train(load_config(folder / "best.yaml"), RunFolder(tmp_path / "run"), progress=False)
    epochs = pl.read_csv(tmp_path / "run" / "metrics.csv")
    assert found["value"] == pytest.approx(epochs["val/loss"].min(), abs=1e-6)
    values = [float(value) for value in trials(folder)["value"]]
    assert found["value"] == min(values)
    assert found["trial"] == values.index(min(values))
    assert yaml.safe_load((folder / "best.yaml").read_text())["optimizer"]["lr"] == float(
        found["changes"]["optimizer.lr"]
    )


@pytest.mark.parametrize("head", ["linear", "default"])
def test_a_metric_that_shall_be_high_is_that_of_the_validation_split(head, path, tmp_path):
    select = "select={metric: tags/lrap, mode: max}"
    config = load_config(path, [*QUICK, f"model.head={head}", select, "evaluate.split=val"])
    expected = train(config, RunFolder(tmp_path / "run"), progress=False)
    config = load_config(path, [*QUICK, f"model.head={head}", select])
    assert reached(config, load_data(config)) == pytest.approx(expected["tasks"]["tags"]["lrap"], abs=1e-6)


def test_it_goes_on_to_the_number_of_trials(tuned, config, tmp_path):
    folder, whole = tuned
    tune(config, tmp_path / "out", 2, space=SPACE)
    first = trials(tmp_path / "out")
    again = tune(config, tmp_path / "out", 4, space=SPACE)
    assert trials(tmp_path / "out").head(2).select(first.columns).equals(first)
    assert trials(tmp_path / "out").equals(trials(folder))
    assert again["changes"] == whole["changes"]
    shared = tune(config, tmp_path / "other", 4, space=SPACE, storage=tmp_path / "out" / "study.db")
    assert shared["value"] == again["value"]
    assert (tmp_path / "other" / "best.yaml").read_text() == (tmp_path / "out" / "best.yaml").read_text()
    other = config.model_copy(update={"seed": 1})
    with pytest.raises(InputError, match=r"trials with another config\.seed"):
        tune(other, tmp_path / "out", 5, space=SPACE)
    with pytest.raises(InputError, match=r"another search\.graph\.tau"):
        tune(config, tmp_path / "out", 5, space={**SPACE, "graph.tau": Range(0.1, 0.3)})


def test_the_graph_is_tuned_where_the_head_has_one(tuned):
    folder, found = tuned
    table = trials(folder)
    assert set(table["model.head"]) == {"linear", "graph"}
    assert all((row["graph.tau"] is None) == (row["model.head"] == "linear") for row in table.iter_rows(named=True))
    assert sum(found["importance"].values()) == pytest.approx(1)
    assert "graph.embeddings" not in found["importance"]
    assert (folder / "importance.pdf").read_bytes().startswith(b"%PDF")
    drawn = pl.read_csv(folder / "importance.csv")
    assert dict(zip(drawn["key"], drawn["importance"], strict=True)) == pytest.approx(found["importance"])


def test_what_cannot_be_trained_is_left_out_and_said(path, tmp_path):
    (tmp_path / "search.yaml").write_text("model.head: {choices: [linear, graph]}\n")
    quick = [word for change in (*QUICK, "model.head=linear") for word in ("--set", change)]
    options = [*quick, "--search", str(tmp_path / "search.yaml"), "--trials", "4", "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(main, ["tune", str(path), *options, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    table = pl.read_csv(tmp_path / "out" / "trials.csv")
    assert found["trials"] == {"complete": table["value"].count(), "left out": 4 - table["value"].count()}
    assert 0 < found["trials"]["complete"] < 4
    left = table.filter(pl.col("state") == "pruned")
    assert set(left["model.head"]) == {"graph"}
    assert "embeddings" in left["why"][0]
    assert "is skipped: " in result.stderr
    (tmp_path / "search.yaml").write_text("model.head: {choices: [graph]}\n")
    options[-1] = str(tmp_path / "none")
    result = CliRunner().invoke(main, ["tune", str(path), *options])
    assert result.exit_code == 2
    assert "none of 4 trials could be trained: graph.embeddings" in result.output
    assert not (tmp_path / "none" / "best.yaml").exists()


def test_the_test_split_is_not_looked_at(tuned, tmp_path):
    changed = load_config(write(tmp_path, ("mood", "tags"), samples=60), [*QUICK, "model.head=linear"])
    features = np.load(tmp_path / "features.npy")
    features[45:] = 1e6
    np.save(tmp_path / "features.npy", features)
    tune(changed, tmp_path / "out", 2, space=SPACE)
    assert trials(tmp_path / "out")["value"].to_list() == trials(tuned[0])["value"].to_list()[:2]


def test_spaces_are_read(config, tmp_path):
    path = tmp_path / "search.yaml"
    path.write_text(
        "graph.p: {low: 0, high: 1}\n"
        "training.batch_size: {low: 8, high: 32, log: true}\n"
        "model.head: {choices: [linear, {name: cosine, of: graph}, linear]}\n"
        "standardize: {choices: [true, false]}\n"
        "graph.tau: {choices: [null, 0.1]}\n"
    )
    assert read_space(path, config) == {
        "graph.p": Range(0, 1),
        "training.batch_size": Range(8, 32, log=True, whole=True),
        "model.head": Choices(("linear", '{"name": "cosine", "of": "graph"}')),
        "standardize": Choices(("true", "false")),
        "graph.tau": Choices(("null", "0.1")),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("optimizer.learning: {low: 0.1, high: 1}", "unknown key 'optimizer.learning'"),
        ("optimizer.lr: {low: 1, high: 0.1}", "low below high"),
        ("optimizer.lr: {low: 0, high: 1, log: true}", "above 0 if log is true"),
        ("optimizer.lr: {low: a, high: b}", "optimizer.lr: "),
        ("optimizer.lr: {low: 0.1, high: 1, steps: 3}", "optimizer.lr: "),
        ("optimizer.lr: 0.1", "choices: "),
        ("model.head: {choices: []}", "model.head: "),
        ("model.head: {choices: [nothing, none]}", "model.head: "),
        ("- a", "one line per key"),
        ("{}", "one line per key"),
        ("a: [", "search.yaml"),
    ],
)
def test_what_is_no_space_is_refused(text, said, config, tmp_path):
    (tmp_path / "search.yaml").write_text(text + "\n")
    with pytest.raises(InputError) as error:
        read_space(tmp_path / "search.yaml", config)
    assert said in str(error.value)
    assert "search.yaml" in str(error.value)


def test_the_default_space_suits_the_config(config):
    keys = {"optimizer.lr", "optimizer.weight_decay", "model.head"}
    graph = {"graph.tau", "graph.p", "graph.convention", "graph.embeddings"}
    assert set(default_space(config)) == keys | graph
    named = config.graph.changed(embeddings="random:4:0", convention="ml-gcn-paper")
    space = default_space(config.model_copy(update={"graph": named}))
    assert set(space) == keys | graph - {"graph.embeddings"}
    assert space["graph.convention"].values[0] == "ml-gcn-paper"
    file = config.graph.changed(file="graph.safetensors")
    assert set(default_space(config.model_copy(update={"graph": file}))) == keys
    assert default_space(config)["model.head"].values == (
        "linear",
        "cosine",
        "graph",
        '{"name": "cosine", "of": "graph"}',
    )
    own = config.model.model_copy(update={"head": HEADS.parse({"name": "graph", "hidden_channels": [8]})})
    heads = default_space(config.model_copy(update={"model": own}))["model.head"].values
    assert len(heads) == 5
    assert yaml.safe_load(heads[0])["hidden_channels"] == [8]
    assert space["optimizer.lr"] == Range(0.001, 0.1, log=True)


def test_one_message_where_optuna_is_missing(config, tmp_path, monkeypatch):
    monkeypatch.setattr(optional_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'gcnlabel\[tune\]'"):
        tune(config, tmp_path / "out", 1)
    assert not (tmp_path / "out").exists()


def test_files_that_are_there_are_kept(config, tmp_path):
    (tmp_path / "no.db").write_text("some notes that are no database\n")
    with pytest.raises(InputError, match="cannot be read as an SQLite file"):
        tune(config, tmp_path, 1, storage=tmp_path / "no.db", space=SPACE)
    assert (tmp_path / "no.db").read_text().startswith("some notes")
    (tmp_path / "best.yaml").write_text("mine")
    with pytest.raises(InputError, match=r"best\.yaml already exists"):
        tune(config, tmp_path, 1, space=SPACE)
    on_test = config.model_copy(update={"select": config.select.model_copy(update={"split": "test"})})
    with pytest.raises(InputError, match=r"select\.split: test"):
        tune(on_test, tmp_path / "out", 1, space=SPACE)
