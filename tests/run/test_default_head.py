"""What ``model.head.name: default`` stands for, and that everything else works with it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from gcnlabel.annotations import Annotations
from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError, NoEdgeError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.nn import HEADS
from gcnlabel.run import RunFolder, default_head, fitting, resume, train
from gcnlabel.run.default_head import (
    HIDDEN,
    P_RARE,
    PLENTY,
    TAU,
    P,
    default_settings,
    observed,
    resolve_default,
    with_head,
)
from gcnlabel.run.parts import Part
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")

CLASSES, TAGS = Categorical("mood", ["sad", "glad"]), MultiLabel("tags", ["a", "b"])
AFFECT = Dimensional("affect", ["valence", "arousal"], range=(-9, 9))
CONFIG = """tasks:
  tags: {{type: multilabel, labels: [a, b]}}
  affect: {{type: dimensional, dims: [valence, arousal], range: [-9, 9]}}
data:
  source: table
  annotations: {folder}/labels.csv
  features: {folder}/features.npy
  splits: {{train: train, val: val, test: test}}
model:
  backbone: {{name: mlp, hidden: [6]}}
  head: {{name: default}}
training: {{epochs: 2, batch_size: 32}}
"""


def annotated(tasks, valence=400, arousal=400, related=True, samples=400):
    """Annotations in which so many samples have each dimension; tags and classes go with valence where related."""
    rng = np.random.default_rng(0)
    cause = rng.normal(size=samples)
    other = cause if related else rng.normal(size=samples)
    third = cause if related else rng.normal(size=samples)
    affect = np.stack([other, 0.2 * third + rng.normal(size=samples)], 1)
    affect[valence:, 0] = np.nan
    affect[arousal:, 1] = np.nan
    tags = np.stack([cause > 0, rng.random(samples) < 0.5], 1).astype(float)
    targets = {"mood": (cause > 0.3).astype(int), "tags": tags, "affect": np.clip(affect, -9, 9)}
    tasks = TaskSet(tasks)
    return Annotations(tasks, {name: targets[name] for name in tasks.names})


def training(*given, **how):
    return training_part(annotated(*given, **how))


def training_part(annotations):
    return Part(annotations, np.zeros((len(annotations), 1)))


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path))
    return load_config(tmp_path / "config.yaml")


def head_for(config, part):
    return default_settings(config, part)[0]


@pytest.mark.parametrize("tasks", [[TAGS], [CLASSES], [CLASSES, TAGS]])
def test_linear_without_dimensions(tasks, config):
    head, graph = default_settings(config, training(tasks))
    assert head.name == "linear"
    assert graph == config.graph


@pytest.mark.parametrize("tasks", [[AFFECT], [AFFECT, Dimensional("rest", ["calm"], range=(-9, 9))]])
def test_linear_with_dimensions_alone(tasks, config):
    annotations = annotated([AFFECT])
    targets = {"affect": annotations.targets["affect"], "rest": annotations.targets["affect"][:, :1]}
    tasks = TaskSet(tasks)
    assert (
        head_for(config, training_part(Annotations(tasks, {name: targets[name] for name in tasks.names}))).name
        == "linear"
    )


@pytest.mark.parametrize(("valence", "arousal"), [(10, 400), (400, 10), (PLENTY - 1, 400), (50, 50)])
def test_dimensions_are_generated_alone_where_one_is_scarce(valence, arousal, config):
    head, graph = default_settings(config, training([TAGS, AFFECT], valence, arousal))
    assert (head.title, head.of.tasks, head.keep_length) == ("cosine of residual of graph", ["tags"], [])
    assert head.of.of.bias
    assert (str(graph.convention), graph.tau, str(graph.embeddings)) == ("signed-weighted", TAU, "one-hot")
    assert graph.p == {"tags": P, "affect": P_RARE}


def test_all_are_generated_alone_where_all_are_scarce(config):
    head, graph = default_settings(config, training([TAGS, AFFECT], PLENTY - 1, PLENTY - 1, samples=PLENTY - 1))
    assert (head.title, head.keep_length) == ("cosine of graph", [])
    assert graph.p == {"tags": P, "affect": P}


def test_tasks_with_plenty_lean_on_their_samples(config):
    head = head_for(config, training([TAGS, AFFECT, CLASSES], PLENTY, PLENTY, samples=PLENTY))
    assert (head.title, head.of.tasks) == ("cosine of residual of graph", ["tags", "mood"])
    assert head.keep_length == ["affect"]


def test_what_a_config_says_beside_the_default_is_refused(config, tmp_path):
    graph = config.graph.model_copy(update={"tau": 0.2})
    with pytest.raises(InputError, match="graph.tau beside the head 'default'"):
        train(config.model_copy(update={"graph": graph}), RunFolder(tmp_path / "run"), progress=False)
    inner = with_head(config, HEADS.parse({"name": "cosine", "of": "default"}), config.graph)
    with pytest.raises(InputError, match="the head 'default' in cosine of default"):
        train(inner, RunFolder(tmp_path / "run"), progress=False)


def test_embeddings_of_the_config_do_not_matter(config):
    named = config.model_copy(update={"graph": config.graph.changed(embeddings="emotion-words")})
    assert default_settings(named, training([TAGS, AFFECT])) == default_settings(config, training([TAGS, AFFECT]))


def test_linear_where_no_pair_is_a_neighbour(config):
    assert head_for(config, training([TAGS, AFFECT], related=False)).name == "linear"


def test_a_tie_with_the_threshold_is_an_edge_for_the_rule_and_the_graph_alike(config, monkeypatch):
    """The rule must not promise a graph that the transforms then find empty, nor the other way round."""
    tasks = TaskSet([MultiLabel("tags", ["a"]), Dimensional("affect", ["v"])])
    part = training_part(Annotations(tasks, {"tags": np.ones((3, 1)), "affect": np.zeros((3, 1))}))
    for value in (TAU, np.float32(TAU), np.nextafter(np.float32(TAU), np.float32(0)), -TAU, 0.2):
        raw = LabelGraph.from_dense(np.array([[0, value], [value, 0]]), tasks)
        monkeypatch.setattr(default_head, "raw_graph", lambda *given, raw=raw: raw)
        found = default_head._has_edges(config, part)
        try:
            listens = bool(GraphRecipe(convention="signed-weighted", tau=TAU, p=0.4).finish(raw).adjacency()[0, 1] != 0)
        except NoEdgeError:
            listens = False
        assert found == listens == (abs(np.float32(value)) >= np.float32(TAU)), value


def test_observed_is_of_the_least_annotated_label():
    annotations = annotated([CLASSES, TAGS, AFFECT], 7, 9)
    assert [observed(annotations, name) for name in ("mood", "tags", "affect")] == [400, 400, 7]


def test_another_head_stays_as_it_is(config):
    linear = with_head(config, HEADS.parse("linear"), config.graph)
    assert resolve_default(linear, training([TAGS, AFFECT])) is linear
    assert resolve_default(config, training([TAGS])).model.head.name == "linear"


def write(folder, valence=60):
    part = annotated([TAGS, AFFECT], valence, 380, samples=400)
    values = np.hstack([part.targets["tags"], part.targets["affect"]])
    split = np.repeat(["train", "val", "test"], [240, 80, 80])
    split = np.random.default_rng(1).permutation(split)
    np.save(folder / "features.npy", np.nan_to_num(values + 0.1, nan=0.5).astype(np.float32))
    cells = [[*("" if np.isnan(v) else str(v) for v in row), s] for row, s in zip(values, split, strict=True)]
    for row in cells:
        row[:2] = [str(int(float(v))) for v in row[:2]]
    (folder / "labels.csv").write_text("a,b,valence,arousal,split\n" + "\n".join(map(",".join, cells)) + "\n")


def test_the_rule_looks_at_the_training_part_alone(config, tmp_path, monkeypatch):
    """Whatever val and test hold, the same head is trained."""
    write(tmp_path)
    data = fitting.load_data(config)
    parts = dict(data.parts)
    for name in ("val", "test"):
        targets = {**parts[name].annotations.targets, "affect": np.full((80, 2), 1.5)}
        parts[name] = replace(parts[name], annotations=replace(parts[name].annotations, targets=targets))
    train(config, RunFolder(tmp_path / "run"), progress=False)
    monkeypatch.setattr(fitting, "load_data", lambda given: replace(data, parts=parts))
    train(config, RunFolder(tmp_path / "other"), progress=False)
    first, other = (RunFolder(tmp_path / name).load_config() for name in ("run", "other"))
    assert first == other == resolve_default(config, data.parts["train"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("default")
    write(folder)
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder))
    result = call("train", folder / "config.yaml", "--output", folder / "run")
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize("change", ["graph.tau=0.05", "graph.p=0.2", "graph.file=g.safetensors"])
def test_a_graph_that_would_not_be_used_is_refused(finished, tmp_path, change):
    result = call("train", finished / "config.yaml", "--set", change, "--output", tmp_path / "run")
    assert result.exit_code == 2
    assert f"{change.partition('=')[0]} beside the head 'default'" in result.output
    assert not (tmp_path / "run").exists()


def call(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_the_run_folder_says_what_was_trained(finished):
    head = yaml.safe_load((finished / "run" / "config.yaml").read_text())["model"]["head"]
    assert (head["name"], head["of"]["name"], head["of"]["hidden_channels"]) == ("cosine", "graph", HIDDEN)
    assert json.loads((finished / "run" / "evaluation.json").read_text())["head"] == "cosine of graph"


@pytest.mark.parametrize(
    "words",
    [
        ["evaluate", "{run}", "--split", "val"],
        ["inspect-graph", "{run}/graph.safetensors"],
        ["figures", "{run}", "--output", "{out}/figures"],
        ["export", "{run}", "--output", "{out}/model.safetensors", "--format", "safetensors"],
        ["predict", "{run}", "{data}/features.npy", "--output", "{out}/predictions.csv"],
        ["evaluate", "{run}", "--unseen", "b", "--set", "training.epochs=1", "--set", "graph.embeddings=random:8:0"],
        ["train", "--resume", "--output", "{run}"],
        ["train", "{data}/config.yaml", "--resume", "--output", "{run}"],
    ],
    ids=lambda words: words[0],
)
def test_what_a_user_does_next(words, finished, tmp_path):
    filled = [word.format(run=finished / "run", out=tmp_path, data=finished) for word in words]
    result = call(*filled)
    assert result.exit_code == 0, result.output


def test_a_run_of_other_data_is_not_resumed(finished, tmp_path):
    changed = load_config(finished / "config.yaml", ["optimizer.lr=0.5"])
    with pytest.raises(InputError, match="another config: optimizer.lr"):
        resume(RunFolder(finished / "run"), changed, progress=False)


def test_unseen_labels_of_a_config_with_the_default(finished):
    """The config is not a run: the default is resolved first, and embeds labels with something known of them."""
    refused = call("evaluate", finished / "config.yaml", "--unseen", "b", "--set", "training.epochs=1")
    assert (refused.exit_code, "one-hot says nothing of a label" in refused.output) == (2, True), refused.output
    result = call(
        "evaluate",
        finished / "config.yaml",
        "--unseen",
        "b",
        "--set",
        "training.epochs=1",
        "--set",
        "graph.embeddings=random:8:0",
    )
    assert result.exit_code == 0, result.output
    assert "AUC on test" in result.output


def test_scarce_samples_train_resume_and_evaluate(finished, tmp_path):
    """A run with samples of scarce labels, stopped and resumed, is the one that never stopped."""
    options = ["--set", "training.scarce_samples=8"]
    whole = call("train", finished / "config.yaml", "--output", tmp_path / "whole", *options)
    assert whole.exit_code == 0, whole.output
    first = ["--set", "training.epochs=1"]
    call("train", finished / "config.yaml", "--output", tmp_path / "part", *options, *first)
    path = tmp_path / "part" / "config.yaml"
    path.write_text(path.read_text().replace("epochs: 1\n", "epochs: 2\n"))
    again = call("train", "--resume", "--output", tmp_path / "part")
    assert again.exit_code == 0, again.output
    one, other, without = (
        RunFolder(folder).read_evaluation()["tasks"]
        for folder in (tmp_path / "whole", tmp_path / "part", finished / "run")
    )
    assert one == other
    assert one != without
    assert call("evaluate", tmp_path / "whole").exit_code == 0
