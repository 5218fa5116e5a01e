"""Configs and run folders of earlier versions are read in today's form, with one notice."""

import logging

import pytest

from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import NOTE, InputError

OF_A_RUN = {"tasks": {}, "hidden_channels": [8], "init": "published", "conv": "gat", "edges": "learned"}
OF_A_RUN["keep_length"] = []
EIGHT = {"name": "graph", "hidden_channels": [8]}
GENERATED = {"name": "graph", "hidden_channels": [8], "init": "published", "conv": "gat", "edges": "learned"}


def head(settings):
    return parse_config({"data": {"source": "synthetic-faces"}, "model": {"head": settings}}).model.head


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("graph-cosine", {"name": "cosine", "of": "graph"}),
        ({"name": "graph-cosine", "hidden_channels": [8], "residual_tasks": ["tags"], "keep_length": ["a"]}, {
            "name": "cosine",
            "keep_length": ["a"],
            "of": {"name": "residual", "tasks": ["tags"], "of": EIGHT},
        }),
        ({"name": "residual", "hidden_channels": [8]}, {"name": "residual", "of": EIGHT}),
        ({"name": "graph", "residual_tasks": ["tags"]}, {"name": "residual", "tasks": ["tags"]}),
        ({"name": "graph", "residual_tasks": []}, "graph"),
        ({"name": "cosine", "tasks": {"affect": "graph-cosine", "mood": "linear"}, "edges": "learned", "bias": False}, {
            "name": "per-task",
            "of": {"name": "cosine", "of": {"name": "linear", "bias": False}},
            "tasks": {
                "affect": {"name": "cosine", "of": {"name": "graph", "edges": "learned", "bias": False}},
                "mood": {"name": "linear", "bias": False},
            },
        }),
        ({**OF_A_RUN, "name": "linear"}, "linear"),
        ({**OF_A_RUN, "name": "graph"}, GENERATED),
        ({**OF_A_RUN, "name": "graph", "bias": None, "residual_tasks": None}, GENERATED),
        ({**OF_A_RUN, "name": "cosine", "keep_length": ["a"]}, {"name": "cosine", "keep_length": ["a"]}),
        ({**OF_A_RUN, "name": "residual"}, {"name": "residual", "of": GENERATED}),
        ({**OF_A_RUN, "name": "label-query"}, "label-query"),
        ({**OF_A_RUN, "name": "output-propagation", "bias": False}, {
            "name": "output-propagation", "of": {"name": "linear", "bias": False}
        }),
    ],
)  # fmt: skip
def test_heads(old, new, caplog):
    with caplog.at_level(NOTE, "gcnlabel"):
        assert head(old) == head(new)
    assert len(caplog.records) == 1
    assert "written for an earlier version, converted to the current form: model.head" in caplog.text


@pytest.mark.parametrize(
    "today",
    [
        "linear",
        {**EIGHT, "conv": {"name": "appnp", "steps": 3}, "edges": "learned", "bias": True},
        {"name": "residual", "of": {"name": "graph", "bias": True}, "tasks": ["tags"]},
        {"name": "per-task", "of": "linear", "tasks": {"affect": "graph"}},
        {"name": "cosine", "keep_length": ["affect"]},
    ],
)  # fmt: skip
def test_todays_form_is_left_as_it_is(today, caplog):
    with caplog.at_level(logging.DEBUG):
        found = head(today)
        assert head(found.model_dump()) == found
    assert not caplog.records


def test_what_is_unknown_stays_unknown():
    with pytest.raises(InputError, match="unknown key 'model.head.hiden'"):
        head({"name": "graph-cosine", "hiden": [8]})
    with pytest.raises(InputError, match="unknown key 'model.head.conv'"):
        head({"name": "linear", "conv": "gat"})


def test_nulls_and_losses_of_earlier_runs():
    old = {
        "data": {"source": "synthetic-faces"},
        "model": {"backbone": {"name": "small_cnn", "widths": None, "pool": "average"}},
        "loss": {"affect": {"name": "mse", "weight": None, "class_weights": False}},
    }
    old["loss"]["expression"] = {"class_weights": True}
    config = parse_config(old)
    assert config.model.backbone.options == {"widths": [16, 32, 64, 128], "pool": "average"}
    assert (config.loss["affect"].name, config.loss["affect"].options) == ("mse", {})
    assert config.loss["expression"].options == {"class_weights": True}


def test_options_of_a_base_count_as_far_as_the_part_has_them(tmp_path):
    def of(*changes):
        return load_config(
            "synthetic-faces", ["model.backbone={name: small_cnn, pool: average, widths: [4]}", *changes]
        )

    assert of("model.head.name=linear").model.head.options == {"bias": True}
    assert of("model.head.name=residual").model.head.options["of"].options["hidden_channels"] == [512]
    backbone = of("model.backbone.name=densenet121").model.backbone
    assert backbone.options == {"pool": "average", "pretrained": False, "relu": False}
    with pytest.raises(InputError, match="unknown key 'model.backbone.widths'"):
        of("model.backbone.name=densenet121", "model.backbone.widths=[8]")
    path = tmp_path / "c.yaml"
    path.write_text("extends: synthetic-faces\nloss: {expression: {weight: 2}, affect: {name: mse}}\n")
    losses = load_config(path).loss
    assert (losses["affect"].name, losses["affect"].weight) == ("mse", 1)
    assert losses["expression"].options["class_weights"] is True
    path.write_text("extends: synthetic-faces\nmodel: {head: {name: linear, conv: gat}}\n")
    with pytest.raises(InputError, match="unknown key 'model.head.conv'"):
        load_config(path)


def test_an_option_of_a_part_that_was_named_without_any():
    config = load_config("synthetic-faces", ["training.augment=faces", "training.augment.rotation=10"])
    assert config.training.augment.options["rotation"] == 10
    config = load_config("synthetic-faces", ["model.head={name: cosine, of: graph}", "model.head.of.conv=gat"])
    assert config.model.head.of.conv.name == "gat"


@pytest.mark.parametrize("base", [{}, {"rare_samples": 64}])
def test_rare_samples_had_another_name(base, caplog):
    with caplog.at_level(NOTE, "gcnlabel"):
        config = parse_config({"data": {"source": "synthetic-faces"}, "training": {**base, "scarce_samples": 3}})
    assert config.training.rare_samples == 3
    assert "written for an earlier version, converted to the current form: training.rare_samples" in caplog.text


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ({"name": "adamw", "momentum": 0.9, "schedule": "cosine", "step_epochs": 10, "step_factor": 0.1}, {
            "schedule": "cosine"
        }),
        ({"name": "sgd", "momentum": 0.8, "schedule": "step", "step_epochs": 3, "step_factor": 0.1}, {
            "name": "sgd", "momentum": 0.8, "schedule": {"name": "step", "epochs": 3}
        }),
        ({"schedule": "step", "step_factor": 0.5}, {"schedule": {"name": "step", "factor": 0.5}}),
    ],
)  # fmt: skip
def test_options_of_optimizers_and_schedules(old, today):
    found, wanted = (parse_config({"data": {"source": "synthetic-faces"}, "optimizer": o}) for o in (old, today))
    assert found == wanted


@pytest.mark.parametrize("odd", [{"momentum": 0.8}, {"schedule": "cosine", "step_epochs": 3}, {"step_factor": 0.3}])
def test_options_of_another_optimizer_or_schedule(odd):
    with pytest.raises(InputError, match=f"unknown key 'optimizer.{list(odd)[-1]}'"):
        parse_config({"data": {"source": "synthetic-faces"}, "optimizer": odd})
