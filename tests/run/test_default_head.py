"""What ``model.head.name: default`` stands for, and that everything else works with it."""

import json
import re
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
from gcnlabel.run import RunFolder, default_head, resume, steps, train
from gcnlabel.run.data import load_data
from gcnlabel.run.default_head import (
    COSINE,
    GENERATOR,
    HIDDEN,
    KERNEL,
    LINEAR,
    P_RARE,
    PLENTY,
    SIGNED,
    TAU,
    P,
    base_models,
    observed,
    resolve_default,
    with_head,
)
from gcnlabel.run.run_data import SampleSet
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
    return SampleSet(annotations, np.zeros((len(annotations), 1)))


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path))
    return load_config(tmp_path / "config.yaml")


def signed(config, part):
    return base_models(config, part)[1][SIGNED]


@pytest.mark.parametrize("tasks", [[TAGS], [CLASSES, TAGS], [TAGS, AFFECT], [AFFECT]])
def test_base_models_where_labels_are_correlated(tasks, config):
    graph, models = base_models(config, training(tasks))
    if tasks in ([TAGS], [AFFECT]):  # independent labels of one task
        assert (list(models), graph) == ([LINEAR, COSINE], config.graph)
    else:
        assert list(models) == [LINEAR, COSINE, GENERATOR, KERNEL, SIGNED]
        assert (str(graph.convention), graph.tau, str(graph.embeddings)) == ("signed-weighted", TAU, "one-hot")


def test_many_labels_have_no_generator(config, monkeypatch):
    monkeypatch.setattr(default_head, "MAX_GENERATED", 3)
    assert list(base_models(config, training([TAGS, AFFECT]))[1]) == [LINEAR, COSINE]


@pytest.mark.parametrize(("valence", "arousal"), [(10, 400), (400, 10), (PLENTY - 1, 400), (50, 50)])
def test_dimensions_are_generated_alone_where_one_is_rare(valence, arousal, config):
    graph, models = base_models(config, training([TAGS, AFFECT], valence, arousal))
    head = models[SIGNED]
    assert (head.title, head.of.tasks, head.keep_length) == ("cosine of residual of graph", ["tags"], [])
    assert head.of.of.bias
    assert graph.p == {"tags": P, "affect": P_RARE}
    assert (models[GENERATOR].of.of.edges.name, models[GENERATOR].of.tasks) == ("self-loops", ["tags"])


def test_all_are_generated_alone_where_all_are_rare(config):
    graph, models = base_models(config, training([TAGS, AFFECT], PLENTY - 1, PLENTY - 1, samples=PLENTY - 1))
    assert (models[SIGNED].title, models[SIGNED].keep_length) == ("cosine of graph", [])
    assert graph.p == {"tags": P, "affect": P}


def test_tasks_with_plenty_have_vectors_of_their_own(config):
    head = signed(config, training([TAGS, AFFECT, CLASSES], PLENTY, PLENTY, samples=PLENTY))
    assert (head.title, head.of.tasks) == ("cosine of residual of graph", ["tags", "mood"])
    assert head.keep_length == ["affect"]


def test_on_features_each_base_model_has_a_backbone_of_its_own(config):
    found = resolve_default(config, training([TAGS, AFFECT])).model
    assert (found.backbone.name, found.head.name) == ("identity", "ensemble")
    assert all((head.name, head.backbone) == ("own-backbone", config.model.backbone) for head in found.head.of.values())


@pytest.mark.parametrize(
    "change",
    ["weighting=uncertainty", "training.precision=64-true", "optimizer.head.lr=0.1", "training.loggers=[tensorboard]"],
)
def test_what_side_by_side_does_not_follow_has_one_backbone(change, config, tmp_path):
    changed = load_config(tmp_path / "config.yaml", [change])
    found = resolve_default(changed, training([TAGS, AFFECT])).model
    assert found.backbone == config.model.backbone
    assert [head.name for head in found.head.of.values()][:2] == ["linear", "cosine"]


def test_what_side_by_side_does_not_follow_trains_without_a_backbone_too(config, tmp_path):
    write(tmp_path)
    changes = ["weighting=uncertainty", "model.backbone={name: identity}", "training.epochs=1"]
    train(load_config(tmp_path / "config.yaml", changes), RunFolder(tmp_path / "run"), progress=False)
    assert RunFolder(tmp_path / "run").last.exists()
    assert "affect = " in " ".join(RunFolder(tmp_path / "run").read_evaluation()["notes"])


def test_devices_that_have_no_part_in_it_are_said(config, tmp_path, caplog):
    write(tmp_path)
    with caplog.at_level("INFO", "gcnlabel"):
        train(config, RunFolder(tmp_path / "run"), progress=False, devices=2)
    assert "trained in one process" in caplog.text


def test_what_a_config_says_beside_the_default_is_refused(config, tmp_path):
    graph = config.graph.model_copy(update={"tau": 0.2})
    with pytest.raises(InputError, match="graph.tau with the head 'default'"):
        train(config.model_copy(update={"graph": graph}), RunFolder(tmp_path / "run"), progress=False)
    inner = with_head(config, HEADS.parse({"name": "cosine", "of": "default"}), config.graph)
    with pytest.raises(InputError, match="the head 'default' in cosine of default"):
        train(inner, RunFolder(tmp_path / "run"), progress=False)


def test_embeddings_of_the_config_do_not_matter(config):
    named = config.model_copy(update={"graph": config.graph.changed(embeddings="emotion-words")})
    assert base_models(named, training([TAGS, AFFECT])) == base_models(config, training([TAGS, AFFECT]))


def test_no_generator_where_no_pair_is_a_neighbour(config):
    assert list(base_models(config, training([TAGS, AFFECT], related=False))[1]) == [LINEAR, COSINE]


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
    data = load_data(config)
    parts = dict(data.parts)
    for name in ("val", "test"):
        targets = {**parts[name].annotations.targets, "affect": np.full((80, 2), 1.5)}
        parts[name] = replace(parts[name], annotations=replace(parts[name].annotations, targets=targets))
    train(config, RunFolder(tmp_path / "run"), progress=False)
    monkeypatch.setattr(steps, "load_data", lambda given, **options: replace(data, parts=parts))
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
    assert f"{change.partition('=')[0]} with the head 'default'" in result.output
    assert not (tmp_path / "run").exists()


def call(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_the_run_folder_says_what_was_trained(finished):
    text = (finished / "run" / "config.yaml").read_text()
    head = yaml.safe_load(text)["model"]["head"]
    assert (head["name"], list(head["of"])) == ("ensemble", [LINEAR, COSINE, GENERATOR, KERNEL, SIGNED])
    assert head["of"][SIGNED]["of"]["of"]["hidden_channels"] == HIDDEN
    evaluation = json.loads((finished / "run" / "evaluation.json").read_text())
    assert evaluation["head"] == f"ensemble of {LINEAR}, {COSINE}, {GENERATOR}, {KERNEL}, {SIGNED}"
    said = [line for line in text.splitlines() if line.startswith("# ")]
    assert any(
        re.fullmatch(r"# affect = 0\.\d\d .* \+ .*; held-out CCC 0\.\d+ \(alone: linear .*\)", line) for line in said
    )
    assert any(line.partition(" ")[2] in " ".join(evaluation["notes"]) for line in said if line.startswith("# tags"))


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
    assert (refused.exit_code, "one-hot contains no information about new labels" in refused.output) == (2, True), (
        refused.output
    )
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


def test_a_run_that_was_stopped_ends_as_if_it_had_not(finished, tmp_path, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gcnlabel.run.ensembles.keeping.write_rows", stopped)
        call("train", finished / "config.yaml", "--output", tmp_path / "run")
    assert not (tmp_path / "run" / "checkpoints" / "best.safetensors").exists()
    again = call("train", "--resume", "--output", tmp_path / "run")
    assert again.exit_code == 0, again.output
    one, other = (RunFolder(folder).read_evaluation()["tasks"] for folder in (tmp_path / "run", finished / "run"))
    assert one == other


def test_a_finished_run_is_trained_longer_from_its_beginning(finished, tmp_path):
    for name in ("whole", "longer"):
        options = ["--set", f"training.epochs={3 if name == 'whole' else 1}"]
        assert call("train", finished / "config.yaml", "--output", tmp_path / name, *options).exit_code == 0
    again = call("train", "--resume", "--set", "training.epochs=3", "--output", tmp_path / "longer")
    assert again.exit_code == 0, again.output
    one, other = (RunFolder(tmp_path / name).read_evaluation()["tasks"] for name in ("whole", "longer"))
    assert one == other


def test_more_samples_of_rare_labels(finished, tmp_path):
    options = ["--set", "training.rare_samples=0"]
    whole = call("train", finished / "config.yaml", "--output", tmp_path / "run", *options)
    assert whole.exit_code == 0, whole.output
    one, without = (RunFolder(folder).read_evaluation()["tasks"] for folder in (tmp_path / "run", finished / "run"))
    assert one != without
