"""Heads that a config names: layers, learned edges, and a head of its own for each task."""

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file

from gcnlabel.config import load_config, parse_config
from gcnlabel.config.head import FOR_ALL_TASKS, GENERATED, HeadConfig
from gcnlabel.errors import InputError
from gcnlabel.export import FORMATS, describe_model, export_model
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS as TASKS
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import CONVOLUTIONS, CosineHead, LabelGraphHead, LearnedAdjacency, LinearHead, ResidualHead, TaskHeads
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder, fitting, resume, train
from gcnlabel.run.heads import ADJACENCIES, HEADS, build_head
from gcnlabel.studies.zero_shot import extendable
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")

FACES = ["data.train=64", "data.val=32", "data.test=32", "training.epochs=2", "training.batch_size=32"]
FACES += ["model.backbone.widths=[4]", "model.head.hidden_channels=[8]", "graph.convention=signed"]
MIXED = ("model.head.name=cosine", "model.head.tasks={affect: graph-cosine}", "model.head.edges=learned")


def config(*changes):
    return load_config("synthetic-faces", [*FACES, *changes])


def graph(size=TASKS.num_labels):
    return LabelGraph.from_dense(np.full((size, size), 0.2), TASKS, x=torch.eye(size))


def build(**settings):
    return build_head(HeadConfig(**{"name": "graph", "hidden_channels": [6], **settings}), TASKS, 4, graph())


def test_every_name_of_the_schema_builds_and_no_other():
    fields = HeadConfig.model_fields
    assert set(fields["conv"].annotation.__args__) == set(CONVOLUTIONS)
    assert set(fields["edges"].annotation.__args__) == set(ADJACENCIES)
    named = {name for choice in fields["name"].annotation.__args__ for name in choice.__args__}
    assert named == {"default", *HEADS}
    assert set(fields["tasks"].annotation.__args__[1].__args__) == set(HEADS) - set(FOR_ALL_TASKS)
    assert {name for name in HEADS if build(name=name).generated} == set(GENERATED)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_layers_are_those_that_are_named(name):
    head = build(conv=name)
    assert [type(layer) for layer in head.gcn.convs] == [type(CONVOLUTIONS[name](2, 2))] * 2
    assert not isinstance(head.adjacency, LearnedAdjacency)


def test_each_task_has_the_head_that_is_named():
    head = build(name="linear", tasks={"affect": "graph-cosine"}, edges="learned", keep_length=["affect"])
    free, generated = head.heads
    assert isinstance(head, TaskHeads)
    assert isinstance(free, LinearHead)
    assert free.tasks.names == ("expression",)
    assert isinstance(generated, CosineHead)
    assert generated.keep_length == ["affect"]
    assert isinstance(generated.head, LabelGraphHead)
    assert isinstance(generated.head.adjacency, LearnedAdjacency)
    assert generated.head.tasks == TASKS
    assert isinstance(build(name="cosine", tasks={"expression": "graph", "affect": "graph"}), LabelGraphHead)
    residual = build(name="linear", tasks={"affect": "residual"}).heads[1]
    assert isinstance(residual, ResidualHead)
    assert residual.residual.shape == (len(TASKS["affect"]), 4)
    cosine = build(name="graph-cosine", residual_tasks=["expression"], tasks={"affect": "linear"}).heads[0]
    assert cosine.head.residual.shape == (len(TASKS["expression"]), 4)


def test_reports_name_the_heads_of_tasks():
    settings = HeadConfig(name="linear", tasks={"affect": "graph"})
    assert settings.title == "linear, affect: graph"
    assert (settings.of("affect"), settings.of("expression")) == ("graph", "linear")
    assert settings.has_graph
    assert not HeadConfig(name="linear", tasks={"affect": "cosine"}).has_graph


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conv": "gatv3"}, "model.head.conv: .*'appnp'.* got 'gatv3'(.|\n)*did you mean 'gatv2'"),
        ({"edges": "learnt"}, "model.head.edges: (.|\n)*did you mean 'learned'"),
        ({"tasks": {"affect": "graph-cosin"}}, "model.head.tasks.affect: (.|\n)*did you mean 'graph-cosine'"),
        ({"name": "default", "tasks": {"affect": "graph"}}, "model.head: .*default is for all of them"),
        ({"name": "label-query", "tasks": {"affect": "graph"}}, "model.head: .*label-query is for all of them"),
    ],
)
def test_names_that_do_not_exist(changes, message):
    with pytest.raises(InputError, match=message):
        parse_config({"data": {"source": "synthetic-faces"}, "model": {"head": changes}})


def test_tasks_and_graphs_that_do_not_exist():
    with pytest.raises(InputError, match="unknown task 'afect'(.|\n)*did you mean 'affect'"):
        build(tasks={"afect": "linear"})
    with pytest.raises(InputError, match="this head has no label graph"):
        build_head(HeadConfig(name="graph"), TASKS, 4, None)
    with pytest.raises(InputError, match="'default' stands for another(.|\n)*resolve_default"):
        build_head(HeadConfig(), TASKS, 4, None)
    with pytest.raises(InputError, match="SAGEConv ignores the edge weights"):
        build(conv="sage", edges="learned")


class Stop(Exception):  # noqa: N818
    pass


def stop_after(epochs, monkeypatch):
    make = fitting.make_trainer

    class Killer(fitting.L.Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == epochs:
                raise Stop

    def with_killer(*args, **options):
        trainer = make(*args, **options)
        trainer.callbacks.append(Killer())
        return trainer

    monkeypatch.setattr(fitting, "make_trainer", with_killer)


def test_learned_edges_and_heads_of_tasks_train_resume_predict_and_export(tmp_path, monkeypatch):
    whole, stopped = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "stopped")
    found = train(config(*MIXED), whole, progress=False)
    assert found["head"] == "cosine, affect: graph-cosine"
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
    {"name": "linear", "tasks": {"b": "graph"}},
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
        "model": {"backbone": {"name": "identity"}, "head": {"hidden_channels": [5], **head}},
        "training": {"epochs": 1},
    }
    folder = RunFolder(tmp_path / "run")
    train(parse_config(settings), folder, progress=False)
    assert load_network(folder).in_features == 6


def test_what_cannot_be_unseen():
    with pytest.raises(InputError, match="model.head.conv: gat sees edges of weight 0(.|\n)*conv=gcn"):
        extendable.check_head(config("model.head.conv=gat"))
    with pytest.raises(InputError, match="head 'output-propagation' cannot score"):
        extendable.check_head(config("model.head.name=output-propagation"))
    mixed = config("model.head.tasks={expression: linear}")
    extendable.check_task(mixed, "affect")
    with pytest.raises(InputError, match="head 'linear' of task 'expression'(.|\n)*tasks.expression=graph-cosine"):
        extendable.check_task(mixed, "expression")
