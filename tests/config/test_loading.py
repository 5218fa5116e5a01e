import pytest
import yaml

from gcnlabel.config import dump_config, load_config, parse_config, preset_names
from gcnlabel.errors import InputError

MINIMAL = {"data": {"source": "synthetic-faces"}}


def test_every_preset_loads_and_is_short():
    from importlib import resources

    assert "synthetic-faces" in preset_names()
    for name in preset_names():
        assert load_config(name).data.source
        text = (resources.files("gcnlabel") / "presets" / f"{name}.yaml").read_text()
        assert len(text.splitlines()) <= 30


def test_dump_and_load_round_trip(tmp_path):
    config = load_config("synthetic-faces", ["training.epochs=7", "model.head={name: linear}"])
    (tmp_path / "c.yaml").write_text(dump_config(config))
    assert load_config(tmp_path / "c.yaml") == config
    assert config.training.epochs == 7
    assert config.model.head.name == "linear"


def test_what_is_written_is_what_was_meant():
    splits = {"splits": {"train": "a", "val": None, "test": "b"}}
    table = {"source": "table", "annotations": "t.csv", "features": "x.npy", "split_column": None, **splits}
    arff = {"source": "arff", "files": {"a": "a.arff"}}
    sections = [table, arff, {**arff, "splits": {"val": "c"}}, {"source": "affectnet", "path": "a"}]
    configs = [parse_config({"data": data}) for data in sections] + [load_config(name) for name in preset_names()]
    assert {config.data.splits.val for config in configs[:4]} == {None, "c"}
    for config in configs:
        assert parse_config(yaml.safe_load(dump_config(config))) == config


def test_a_finished_graph_stands_alone():
    graph = {"file": "g.safetensors", "convention": "signed", "embeddings": "one-hot"}
    assert parse_config({**MINIMAL, "graph": graph}).graph.file
    with pytest.raises(InputError, match="tau, p with a file, whose graph is finished"):
        parse_config({**MINIMAL, "graph": {**graph, "tau": 0.0, "p": 0.3}})


def test_environment_variables_are_filled_in(monkeypatch):
    data = {"source": "table", "annotations": "${GCN_TEST_FOLDER:-here}/a.csv", "features": "${GCN_TEST_FOLDER}/x.npy"}
    with pytest.raises(InputError, match="GCN_TEST_FOLDER is not set"):
        parse_config({"data": data})
    monkeypatch.setenv("GCN_TEST_FOLDER", "/there")
    assert parse_config({"data": data}).data.annotations == "/there/a.csv"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**MINIMAL, "modl": {}}, "unknown key 'modl'[\\s\\S]*did you mean 'model'"),
        ({**MINIMAL, "model": {"head": {"nam": "linear"}}}, "'model.head.nam'[\\s\\S]*did you mean 'name'"),
        ({"data": {"source": "table", "annotation": "a", "annotations": "a"}}, "did you mean 'annotations'"),
        ({**MINIMAL, "loss": {"affect": {"wieght": 1}}}, "'loss.affect.wieght'[\\s\\S]*did you mean 'weight'"),
        ({**MINIMAL, "graph": {"tau": 1.5}}, "graph.tau: .*less than or equal to 1, got 1.5"),
        ({**MINIMAL, "graph": {"p": 1.5}}, "graph.p: .*less than or equal to 1, got 1.5"),
        ({**MINIMAL, "graph": {"p": "half"}}, "graph.p: .*valid number.*, got 'half'"),
        ({**MINIMAL, "graph": {"p": {"tags": 1.5}}}, "graph.p.tags: .*less than or equal to 1, got 1.5"),
        ({**MINIMAL, "training": {"epochs": 0}}, "training.epochs"),
        ({"data": {"source": "web"}}, "'web'"),
        ({}, "data: Field required"),
        ([], "not a mapping"),
    ],
)
def test_bad_configs(content, message):
    with pytest.raises(InputError, match=message):
        parse_config(content)


def test_bad_files_and_changes(tmp_path):
    (tmp_path / "c.yaml").write_text("data: [")
    with pytest.raises(InputError, match="not valid YAML"):
        load_config(tmp_path / "c.yaml")
    with pytest.raises(InputError, match="config not found"):
        load_config(tmp_path / "no.yaml")
    with pytest.raises(InputError, match="did you mean 'synthetic-faces'"):
        load_config("synthetic-face")
    with pytest.raises(InputError, match="is not a section"):
        load_config("synthetic-faces", ["training=3", "training.epochs=1"])


def test_a_config_can_extend_a_preset(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("extends: synthetic-faces\nmodel: {head: {name: linear}}\nonly_tasks: [affect]\n")
    base, config = load_config("synthetic-faces"), load_config(path)
    assert config.model.head.name == "linear"
    assert config.model.backbone == base.model.backbone
    assert config.only_tasks == ["affect"]
    path.write_text("extends: synthetic-face\n")
    with pytest.raises(InputError, match="did you mean 'synthetic-faces'"):
        load_config(path)


def test_lists_of_parts_round_trip():
    asked = {
        "data": {"source": "synthetic-faces"},
        "ablate": {"heads": {"mine": ["linear", {"name": "cosine", "of": "graph"}]}},
        "training": {"loggers": ["tensorboard", {"name": "csv", "flush_steps": 5}]},
    }
    config = parse_config(asked)
    dumped = yaml.safe_load(dump_config(config))
    assert dumped["training"]["loggers"] == ["tensorboard", {"name": "csv", "flush_steps": 5}]
    assert parse_config(dumped) == config
