"""The check of keys that imports no part says what the parser of the parts says."""

from pathlib import Path

import pytest
import yaml

from gcnlabel.config import dump_config, known_keys, load_config, parse_config, preset_names
from gcnlabel.errors import InputError

DATA = {"source": "table", "annotations": "a.csv", "features": "x.npy"}
HERE = Path(__file__).parent.parent.parent / "examples"
EXAMPLES = [path for path in sorted(HERE.glob("*/*.yaml")) if path.parent.name != "published_statistics"]


@pytest.mark.parametrize(
    "content",
    [
        {"model": {"head": {"name": "cosine", "off": "graph"}}},
        {"model": {"head": {"name": "cosine", "of": {"name": "graph", "hiden_channels": [3]}}}},
        {"model": {"head": "cosin"}},
        {"model": {"head": {"name": "per-task", "tasks": {"a": {"name": "lineer"}}}}},
        {"model": {"backbone": {"hidden": [3]}}},
        {"data": {**DATA, "split": {}}},
        {"data": {**DATA, "splits": {"trian": "a"}}},
        {"data": {"source": "tabel"}},
        {"loss": {"a": {"name": "ccc", "alpha": 1}}},
        {"loss": {"a": "mee"}},
        {"training": {"augment": {"name": "sequence", "of": [{"name": "erase", "shre": 1}]}}},
        {"ablate": {"heads": {"x": [{"name": "cosine", "o": 1}]}}},
        {"graph": {"embeddings": {"name": "random", "sizes": 3}}},
        {"evaluate": {"test_time": "flp"}},
        {"optimizer": {"name": "adamw", "backbone": {"lrr": 1}}},
        {"optimizr": {}},
        {"model": {"head": "cosin"}, "optimizer": "adm"},
    ],
)
def test_it_says_what_the_parser_says(content, monkeypatch):
    content = {"data": DATA, **content}
    with monkeypatch.context() as patch:
        patch.setattr("gcnlabel.config.loading.refuse_unknown_keys", lambda *_: None)
        with pytest.raises(InputError) as parsed:
            parse_config(content)
    monkeypatch.setattr(known_keys, "KINDS", {})
    with pytest.raises(InputError) as found:
        known_keys.refuse_unknown_keys(content, "config")
    assert str(found.value) == str(parsed.value)


@pytest.mark.parametrize("name", preset_names())
def test_it_takes_every_preset_and_all_its_defaults(name, monkeypatch):
    monkeypatch.setattr(known_keys, "KINDS", {})
    config = load_config(name)
    known_keys.refuse_unknown_keys(config.model_dump(), "config")
    known_keys.refuse_unknown_keys(yaml.safe_load(dump_config(config)), "config")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_takes_every_example(path, monkeypatch):
    monkeypatch.setattr(known_keys, "KINDS", {})
    monkeypatch.syspath_prepend(path.parent)
    assert load_config(path).data.source


@pytest.mark.parametrize(
    "content",
    [
        {"graph": {"embeddings": "glove.txt"}},
        {"graph": {"embeddings": "random:3:4"}},
        {"graph": {"borrowed": {"a:b": "emotic:path"}}},
        {"model": {"head": "package.module:Head"}},
        {"model": {"head": {"name": "package.module:Head", "own": 1}}},
        {"data": {"source": "affectnet", "path": "x", "alignment": "centre", "classes": 7}},
        {"data": {"source": "emotic", "path": "x", "alignment": "centre"}},  # which earlier versions wrote
    ],
)
def test_what_parts_decide_is_left_to_them(content, monkeypatch):
    monkeypatch.setattr(known_keys, "KINDS", {})
    known_keys.refuse_unknown_keys(content, "config")


def test_parts_of_ones_own_under_own_names_are_left_to_the_registry():
    known_keys.refuse_unknown_keys({"model": {"head": {"name": "mine", "size": 3}}}, "config")
