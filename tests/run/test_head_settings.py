"""Heads that a config names: layers, learned edges, and a head of its own for each task."""

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file

from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.export import FORMATS, describe_model, export_model
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS as TASKS
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import (
    CONVOLUTIONS,
    HEADS,
    CosineHead,
    LabelGraphHead,
    LearnedAdjacency,
    LinearHead,
    ResidualHead,
    TaskHeads,
    build_head,
)
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder, resume, steps, train
from gcnlabel.studies.zero_shot import extendable
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")

FACES = ["data.train=64", "data.val=32", "data.test=32", "training.epochs=2", "training.batch_size=32"]
FACES += ["model.backbone.widths=[4]", "model.head.hidden_channels=[8]", "graph.convention=signed"]
LEARNED = "{name: graph, hidden_channels: [8], edges: learned}"
MIXED = ("model.head={name: per-task, of: cosine, tasks: {affect: {name: cosine, of: " + LEARNED + "}}}",)


def config(*changes):
    return load_config("synthetic-faces", [*FACES, *changes])


def graph(size=TASKS.num_labels):
    return LabelGraph.from_dense(np.full((size, size), 0.2), TASKS, x=torch.eye(size))


GENERATED = {"name": "graph", "hidden_channels": [6]}


def build(settings):
    return build_head(settings, TASKS, 4, graph())


def of_tasks(of, **tasks):
    return build({"name": "per-task", "of": of, "tasks": tasks})


OF_OTHERS = {
    "ensemble": {"of": {"a": "linear", "b": "graph"}},
    "own-backbone": {"backbone": {"name": "mlp", "hidden": [3]}},
}


@pytest.mark.parametrize("name", [name for name in HEADS.names() if name not in ("default", "per-task")])
def test_what_settings_say_of_a_head_is_what_it_is(name):
    settings = HEADS.parse({"name": name, **OF_OTHERS.get(name, {})})
    assert build(settings).generated == settings.generated
    if not settings.has_graph:
        build_head(settings, TASKS, 4, None)
    else:
        with pytest.raises(InputError, match="this head has no label graph"):
            build_head(settings, TASKS, 4, None)


@pytest.mark.parametrize("name", CONVOLUTIONS.names())
def test_layers_are_those_that_are_named(name):
    head = build({**GENERATED, "conv": name})
    assert [type(layer) for layer in head.gcn.convs] == [type(CONVOLUTIONS.make(name, 2, 2))] * 2
    assert not isinstance(head.adjacency, LearnedAdjacency)


def test_every_option_reaches_its_part():
    head = build({**GENERATED, "conv": {"name": "appnp", "steps": 3, "alpha": 0.2}, "slope": 0.3, "bias": True})
    assert {(layer.propagation.K, layer.propagation.alpha) for layer in head.gcn.convs} == {(3, 0.2)}
    assert (head.gcn.activation.negative_slope, head.bias is None) == (0.3, False)
    head = build({**GENERATED, "conv": {"name": "gcnii", "depth": 4}})
    assert len(head.gcn.convs[0].layers) == 4
    head = build({**GENERATED, "conv": {"name": "gatv2", "heads": 3}})
    assert head.weight().shape == (TASKS.num_labels, 4)
    head = build({"name": "label-query", "tokens": 3, "width": 6, "heads": 3})
    assert (head.tokens.shape, head.attention.heads) == ((3, 6), 3)
    head = build({"name": "output-propagation", "steps": 5, "of": {"name": "linear", "bias": False}})
    assert (head.steps, head.bias) == (5, None)
    assert build({"name": "sample-graph", "width": 5}).tokens.shape == (16, 5)


def test_heads_are_made_of_heads():
    inner = {"name": "residual", "of": {**GENERATED, "edges": "learned"}, "tasks": ["expression"]}
    head = build({"name": "cosine", "of": inner, "keep_length": ["affect"]})
    assert (type(head), type(head.head), type(head.head.head)) == (CosineHead, ResidualHead, LabelGraphHead)
    assert head.keep_length == ["affect"]
    assert head.head.residual.shape == (len(TASKS["expression"]), 4)
    assert isinstance(head.head.head.adjacency, LearnedAdjacency)


def test_each_task_has_the_head_that_is_named():
    head = of_tasks("linear", affect={"name": "cosine", "of": GENERATED, "keep_length": ["affect"]})
    free, generated = head.heads
    assert isinstance(head, TaskHeads)
    assert isinstance(free, LinearHead)
    assert free.tasks.names == ("expression",)
    assert isinstance(generated, CosineHead)
    assert generated.keep_length == ["affect"]
    assert generated.head.tasks == TASKS
    assert isinstance(of_tasks("cosine", expression=GENERATED, affect=GENERATED), LabelGraphHead)
    residual = of_tasks("linear", affect="residual").heads[1]
    assert isinstance(residual, ResidualHead)
    assert residual.residual.shape == (len(TASKS["affect"]), 4)
    assert of_tasks("linear", affect="label-query").heads[1].tasks.names == ("affect",)


def test_reports_name_the_heads_of_tasks():
    settings = HEADS.parse({"name": "per-task", "tasks": {"affect": {"name": "cosine", "of": "graph"}}})
    assert settings.title == "linear, affect: cosine of graph"
    assert (settings.of_task("affect").title, settings.of_task("expression").title) == ("cosine of graph", "linear")
    assert settings.has_graph
    assert not HEADS.parse({"name": "per-task", "tasks": {"affect": "cosine"}}).has_graph
    assert HEADS.parse("output-propagation").has_graph
    assert not HEADS.parse("output-propagation").generated


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"name": "graph", "conv": "gatv3"}, "model.head.conv: (.|\n)*gatv3(.|\n)*did you mean 'gatv2'"),
        ({"name": "graph", "edges": "learnt"}, "model.head.edges: (.|\n)*did you mean 'learned'"),
        ({"name": "per-task", "tasks": {"affect": "cosin"}}, "model.head.tasks.affect: (.|\n)*did you mean 'cosine'"),
        ({"name": "linear", "hidden_channels": [4]}, "unknown key 'model.head.hidden_channels'"),
        ({"name": "graph", "conv": {"name": "gcn", "steps": 2}}, "unknown key 'model.head.conv.steps'"),
        ({"name": "cosine", "of": {"name": "graph", "steps": 2}}, "unknown key 'model.head.of.steps'"),
        ({"name": "label-query", "tokens": 1}, "model.head.tokens: (.|\n)*greater than or equal to 2"),
    ],
)
def test_names_and_options_that_do_not_exist(head, message):
    with pytest.raises(InputError, match=message):
        parse_config({"data": {"source": "synthetic-faces"}, "model": {"head": head}})


def test_tasks_and_graphs_that_do_not_exist():
    with pytest.raises(InputError, match="unknown task 'afect'(.|\n)*did you mean 'affect'"):
        of_tasks("linear", afect="linear")
    with pytest.raises(InputError, match="'default' is not resolved(.|\n)*resolve_default"):
        build("default")
    with pytest.raises(InputError, match="SAGEConv ignores edge weights"):
        build({**GENERATED, "conv": "sage", "edges": "learned"})


class Stop(Exception):  # noqa: N818
    pass


def stop_after(epochs, monkeypatch):
    make = steps.make_trainer

    class Killer(steps.L.Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == epochs:
                raise Stop

    def with_killer(*args, **options):
        trainer = make(*args, **options)
        trainer.callbacks.append(Killer())
        return trainer

    monkeypatch.setattr(steps, "make_trainer", with_killer)


def test_learned_edges_and_heads_of_tasks_train_resume_predict_and_export(tmp_path, monkeypatch):
    whole, stopped = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "stopped")
    found = train(config(*MIXED), whole, progress=False)
    assert found["head"] == "cosine of linear, affect: cosine of graph"
    state = load_checkpoint(whole.last)["state_dict"]
    name = next(name for name in state if name.endswith("adjacency.log_factor"))
    assert state[name].any()
    stop_after(1, monkeypatch)
    with pytest.raises(Stop):
        train(config(*MIXED), stopped, progress=False)
    monkeypatch.undo()
    resume(stopped, progress=False)
    resumed = load_checkpoint(stopped.last)["state_dict"]
    assert all(torch.equal(value, resumed[name]) for name, value in state.items())
    network = load_network(whole)
    kept = load_file(whole.predictions)["label_vectors"]
    torch.testing.assert_close(network.model.head.weight().detach(), kept)
    description = describe_model(network.tasks, network.input_shape)
    inputs = torch.randint(0, 256, (3, *network.input_shape), dtype=torch.uint8)
    for format in sorted(set(FORMATS) - {"onnx"}):
        export_model(network.model, tmp_path / format, format, description)
    program = torch.export.load(tmp_path / "torch-export").module()
    torch.testing.assert_close(dict(program(inputs)), dict(network.model(inputs)))


ALONE = [
    {"name": "graph", "conv": "gcnii"},
    {"name": "graph", "conv": "gatv2"},
    {"name": "per-task", "tasks": {"b": "graph"}},
]
ALONE += [{"name": name} for name in ("output-propagation", "label-query", "sample-graph")]


@pytest.mark.parametrize("head", ALONE)
def test_features_without_a_backbone_come_back(head, tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 6)), rng.integers(0, 2, size=(60, 4))
    np.save(tmp_path / "x.npy", x)
    frame = {name: y[:, i] for i, name in enumerate("cdef")}
    pl.DataFrame({**frame, "split": ["train"] * 40 + ["val"] * 10 + ["test"] * 10}).write_csv(tmp_path / "y.csv")
    settings = {
        "tasks": {name: {"type": "multilabel", "labels": list(labels)} for name, labels in (("a", "cd"), ("b", "ef"))},
        "data": {"source": "table", "annotations": str(tmp_path / "y.csv"), "features": str(tmp_path / "x.npy")},
        "graph": {"convention": "signed", "tau": 0.0, "embeddings": "one-hot"},
        "model": {"backbone": {"name": "identity"}, "head": head},
        "training": {"epochs": 1},
    }
    folder = RunFolder(tmp_path / "run")
    train(parse_config(settings), folder, progress=False)
    assert load_network(folder).in_features == 6


def test_what_cannot_be_unseen():
    with pytest.raises(InputError, match="layers gat of the head treat edges of weight 0(.|\n)*conv: gcn"):
        extendable.check_head(config("model.head.conv=gat"))
    with pytest.raises(InputError, match="head 'output-propagation of linear' cannot score"):
        extendable.check_head(config("model.head.name=output-propagation"))
    mixed = config("model.head={name: per-task, of: graph, tasks: {expression: linear}}")
    extendable.check_task(mixed, "affect")
    with pytest.raises(InputError, match="head 'linear' of task 'expression'"):
        extendable.check_task(mixed, "expression")
