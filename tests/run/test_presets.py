import math

import pytest
from small_affectnet import write_affectnet, write_emotic

from gcnlabel.config import load_config, preset_names
from gcnlabel.run import RunFolder, train
from gcnlabel.run.data import load_data
from gcnlabel.run.graph import build_graph

SMALL = (
    "data.size=48",
    "model.backbone.pretrained=null",
    "training.epochs=1",
    "training.batch_size=10",
    "training.workers=0",
    "select={metric: loss, mode: min, split: val}",
)
OF_TAGS = ("ml-gcn", "add-gcn", "query2label")  # see test_image_recipes.py
FACES = [name for name in preset_names() if name not in ("synthetic-faces", *OF_TAGS)]


@pytest.fixture(scope="module")
def affectnet(tmp_path_factory):
    return write_affectnet(tmp_path_factory.mktemp("affectnet"))


@pytest.fixture(scope="module")
def emotic(tmp_path_factory):
    return write_emotic(tmp_path_factory.mktemp("emotic"))


@pytest.fixture(autouse=True)
def folders(affectnet, emotic, monkeypatch):
    monkeypatch.setenv("AFFECTNET", str(affectnet))
    monkeypatch.setenv("EMOTIC", str(emotic))


def finite(values):
    if isinstance(values, dict):
        return all(finite(value) for value in values.values())
    return not isinstance(values, float) or math.isfinite(values)


@pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")
@pytest.mark.parametrize("name", FACES)
def test_every_system_of_the_paper_trains(name, tmp_path):
    own_backbone = name in ("emotion-gcn", "emotion-gcn-breg-next")
    quick = () if own_backbone else ("model.backbone={name: small_cnn, widths: [8, 8]}",)
    config = load_config(name, [*SMALL, *quick])
    report = train(config, RunFolder(tmp_path / name), progress=False)
    wanted = {"expression", "affect"} if config.only_tasks is None else set(config.only_tasks)
    assert set(report["tasks"]) == wanted
    assert finite(report["tasks"])


@pytest.mark.parametrize("suffix", ["", "-breg-next"])
def test_the_systems_are_one_line_apart(suffix):
    def differs(name, other):
        a, b = (load_config(n + suffix).model_dump() for n in (name, other))
        return {key for key in a if a[key] != b[key]}

    assert differs("multi-task-ccc", "emotion-gcn") == {"model"}
    assert differs("multi-task-mse", "multi-task-ccc") == {"loss"}
    assert differs("single-task-expression", "multi-task-ccc") == {"loss", "only_tasks"}
    assert differs("single-task-affect", "multi-task-ccc") == {"loss", "only_tasks", "select"}
    assert differs("emotion-gcn-emotic", "emotion-gcn") == {"graph"}
    model, other = (load_config(n + suffix).model for n in ("multi-task-ccc", "emotion-gcn"))
    assert model.backbone == other.backbone


def test_classes_listen_to_classes_as_in_emotic_and_to_dimensions_as_in_the_training_set(emotic):
    config = load_config("emotion-gcn-emotic", SMALL)
    data = load_data(config)
    graph, plain = build_graph(config, data), build_graph(load_config("emotion-gcn", SMALL), data)
    names = [("happy", "sad", "surprise", "fear", "disgust", "anger", "neutral")[i % 7] for i in range(7)]
    pairs = [(names[i % 7], names[(i * i + 1) % 7]) for i in range(42)]
    for a in data.tasks["expression"].labels:
        of_a = [pair for pair in pairs if a in pair and (a != "neutral" or set(pair) == {"neutral"})]
        for b in data.tasks["expression"].labels:
            if a == b or "neutral" in (a, b):
                continue
            i, j = data.tasks.labels.index(a), data.tasks.labels.index(b)
            assert graph.statistic[i, j].item() == pytest.approx(sum(b in pair for pair in of_a) / len(of_a))
    blocks = data.tasks.slice_of("expression"), data.tasks.slice_of("affect")
    assert graph.statistic[blocks].equal(plain.statistic[blocks])
    assert plain.statistic[blocks[0], blocks[0]].abs().sum() == 0
    assert [block["tasks"] for block in graph.history["blocks"]] == [["expression", "affect"], ["expression"] * 2]


@pytest.mark.parametrize("name", ["emotion-gcn-code", "ml-gcn-paper", "ml-gcn-code"])
def test_the_convention_is_an_option_of_the_preset(name):
    changes = [*SMALL, f"graph.convention={name}", "graph.tau=0.1", "graph.statistic={'expression:affect': spearman}"]
    graph = build_graph(load_config("emotion-gcn", changes), load_data(load_config("emotion-gcn", SMALL)))
    assert graph.history["convention"] == name
