import json
import warnings

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import ttest_1samp

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import DisagreeingEdgesWarning, InputError
from gcnlabel.nn import HEADS
from gcnlabel.run.default_head import resolve_default
from gcnlabel.studies.zero_shot import BASELINES, CHOSEN, GRAPH, HAS_LABEL, evaluate_zero_shot
from gcnlabel.studies.zero_shot.experiment import compared
from gcnlabel.studies.zero_shot.extendable import with_generator
from gcnlabel.studies.zero_shot.set_up import set_up

RULES = {GRAPH, CHOSEN, "ridge over correlations", "label graph + ridge over correlations"}
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def results(config, data):
    return evaluate_zero_shot(config, "all", seeds=2, data=data)


def test_opposites_are_found_from_edges_alone(results):
    areas = {name: np.array(method["auc"]) for name, method in results["methods"].items()}
    assert results["labels"] == ["a", "b", "c", "d", "e"]
    assert all(area.shape == (5, 2) for area in areas.values())
    assert areas[GRAPH].mean() > 0.8
    assert areas["trained on every sample"].mean() > areas["label graph, labels shuffled"].mean() + 0.1
    assert areas[CHOSEN].mean() > 0.8
    others = {"label graph, labels shuffled", "identity graph", "trained on every sample", HAS_LABEL}
    assert set(areas) == {*RULES, *others, *BASELINES}
    assert set(results["choices"]) == set("abcde")
    assert json.loads(json.dumps(results)) == results


def test_summaries_and_comparisons_are_those_of_the_areas(results):
    for method in results["methods"].values():
        of_seeds = np.array(method["auc"]).mean(0)
        assert method["mean"] == pytest.approx(of_seeds.mean())
        assert method["sd"] == pytest.approx(of_seeds.std(ddof=1))
        assert np.shape(method["val_auc"]) == (5, 2)
        assert method["val_auc"] != method["auc"]
    difference = np.array(results["methods"][CHOSEN]["auc"]) - results["methods"]["nearest seen label"]["auc"]
    found = results["compared"]["nearest seen label"]
    assert found["difference"] == pytest.approx(difference.mean())
    assert found["p_seeds"] == pytest.approx(ttest_1samp(difference.mean(0), 0).pvalue)
    assert found["p_labels"] == pytest.approx(ttest_1samp(difference.mean(1), 0).pvalue)


def test_pairs_that_are_too_few_or_equal_have_no_p():
    assert compared([[0.5]], [[0.25]]) == {"difference": 0.25, "p_seeds": None, "p_labels": None}
    assert compared([[0.5, 0.5]], [[0.25, 0.25]])["p_seeds"] is None


def test_zero_shot_scores_know_nothing_of_the_training_annotations(config, data, results):
    """Turning every training annotation of a label around changes nothing but the ceiling."""
    from dataclasses import replace

    from gcnlabel.run.data import SampleSet

    train = data.parts["train"]
    tags = train.annotations.targets["tags"].copy()
    tags[:, 1] = 1 - tags[:, 1]
    turned = SampleSet(replace(train.annotations, targets={**train.annotations.targets, "tags": tags}), train.inputs)
    again = evaluate_zero_shot(config, "b", data=replace(data, parts={**data.parts, "train": turned}))
    plain = evaluate_zero_shot(config, "b", data=data)
    for name in plain["methods"]:
        same = again["methods"][name]["auc"] == plain["methods"][name]["auc"]
        assert same == (name != "trained on every sample"), name


def word_vectors(folder, mislead):
    """Names of tags that go together lie together; to mislead, those of a and b, which do, are opposite."""
    cause = np.array([[1, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 0]], dtype=float)
    other = np.array([[1, 0], [-1, 0], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=float)
    rows = (other if mislead else cause) + np.random.default_rng(0).normal(size=(6, 2)) * 0.05
    labels = ("a", "b", "c", "d", "e", "pleasure")
    lines = (f"{label} {x:.4f} {y:.4f}" for label, (x, y) in zip(labels, rows, strict=True))
    (folder / "words.txt").write_text("\n".join(lines) + "\n")
    return str(folder / "words.txt")


def test_edges_of_names_are_warned_of_where_names_mislead(config, data, tmp_path):
    good = changed(config, "graph", embeddings=word_vectors(tmp_path, mislead=False))
    found = evaluate_zero_shot(good, ["c", "e"], data=data, edges_from="names")
    assert found["warnings"] == []
    assert min(area for areas in found["methods"][GRAPH]["auc"] for area in areas) > 0.7
    bad = changed(config, "graph", embeddings=word_vectors(tmp_path, mislead=True))
    with pytest.warns(DisagreeingEdgesWarning, match=r"edges of 2 of 2 labels, c, e: cosines (.|\n)*rank correlation"):
        found = evaluate_zero_shot(bad, ["c", "e"], data=data, edges_from="names")
    assert found["methods"][GRAPH]["auc"][1][0] < 0.3  # e is scored like d, its opposite: worse than chance
    assert "rank correlation" in found["warnings"][0]
    assert evaluate_zero_shot(bad, ["c"], data=data)["warnings"] == []  # statistics of val do go with those of train


def test_what_stands_for_the_default_head_is_said(folder, data):
    config = load_config(folder / "config.yaml", ["model={backbone: {name: mlp, hidden: [4]}}"])
    bare = config.graph.model_copy(update={"p": None})
    (note,) = evaluate_zero_shot(config.model_copy(update={"graph": bare}), "b", data=data)["notes"]
    assert "'default' is replaced by cosine of graph over the graph signed-weighted with random:16:0" in note


def test_a_run_of_the_default_is_measured_as_the_default_is(folder, data):
    """The run's config names the ensemble, with backbones of its own, for which the default stood."""
    config = load_config(folder / "config.yaml", ["model={backbone: {name: mlp, hidden: [4]}}"])
    config = changed(config, "graph", p=None)
    resolved = changed(resolve_default(config, data.parts["train"]), "graph", embeddings=config.graph.embeddings)
    assert (resolved.model.head.name, resolved.model.backbone.name) == ("ensemble", "identity")
    assert with_generator(resolved).model == with_generator(config).model
    (note,) = set_up(resolved, "b", "val", data)[2]["notes"]
    assert "'ensemble' is replaced by cosine of graph" in note


def test_names_in_the_space_of_the_inputs_are_compared_with_them(config, data, tmp_path):
    """The name of a tag is where the inputs with it differ from those without."""
    train = data.parts["train"]
    tags = train.annotations.targets["tags"] == 1
    rows = [train.inputs[tags[:, i]].mean(0) - train.inputs[~tags[:, i]].mean(0) for i in range(5)]
    lines = (f"{label} {' '.join(f'{x:.4f}' for x in row)}" for label, row in zip("abcde", rows, strict=True))
    (tmp_path / "words.txt").write_text("\n".join(lines) + "\npleasure 0 0 0 0 0 1\n")
    words = changed(config, "graph", embeddings=str(tmp_path / "words.txt"))
    found = evaluate_zero_shot(words, "d", data=data)
    assert found["methods"]["text similarity"]["auc"][0][0] > 0.8
    assert found["choices"]["d"]["left_out_auc"]["text similarity"] > 0.8
    assert "label graph + ridge over correlations + text similarity" in found["methods"]


def test_few_shots(config, data):
    found = evaluate_zero_shot(config, "b", data=data, shots=4, seeds=2)
    names = {"label graph, labels shuffled", "identity graph", "free vectors", "trained on every sample", HAS_LABEL}
    assert set(found["methods"]) == names | RULES
    assert found["positives"] == 4
    assert found["methods"]["free vectors"]["auc"] != found["methods"]["trained on every sample"]["auc"]
    assert all(0 <= area <= 1 for method in found["methods"].values() for area in method["auc"][0])


def changed(config, section, **changes):
    return config.model_copy(update={section: getattr(config, section).model_copy(update=changes)})


def test_what_cannot_be_evaluated(config, data):
    linear = changed(config, "model", head=HEADS.parse("linear"))
    with pytest.raises(InputError, match=r"head 'linear' cannot score(.|\n)*cosine of graph"):
        evaluate_zero_shot(linear, "b", data=data)
    with pytest.raises(InputError, match=r"graph\.file"):
        evaluate_zero_shot(changed(config, "graph", file="g.safetensors"), "b", data=data)


def test_the_command_prints_and_writes(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    call = ["zero-shot", str(folder / "config.yaml"), "--label", "b", "--set", "training.epochs=1"]
    result = CliRunner().invoke(main, [*call, "--output", str(tmp_path / "u.json")])
    assert result.exit_code == 0, result.output
    for text in ("AUC on test, b never annotated", *RULES, *BASELINES, "statistics of val", "chosen by leaving out"):
        assert text in result.output
    assert json.loads((tmp_path / "u.json").read_text())["labels"] == ["b"]
    again = CliRunner().invoke(main, [*call, "--output", str(tmp_path / "u.json")])
    assert again.exit_code == 2
    assert "already exists" in again.output
    two = CliRunner().invoke(main, [*call[:4], "--label", "a", *call[4:]])
    assert two.exit_code == 0, two.output
    assert "AUC on test, 2 labels, each never annotated" in two.output
    few = CliRunner().invoke(main, [*call[:3], "all", *call[4:], "--shots", "3"])
    assert "annotated on 3 training samples with it and 3 without" in few.output
    assert "mean over seeds" in few.output


def test_the_command_warns_of_names_that_mislead(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    vectors = word_vectors(tmp_path, mislead=True)
    changes = ["--set", "training.epochs=1", "--set", f"graph.embeddings={vectors}"]
    call = ["zero-shot", str(folder / "config.yaml"), "--label", "b", "--edges-from", "names", *changes]
    with warnings.catch_warnings():
        warnings.simplefilter("always", DisagreeingEdgesWarning)
        result = CliRunner().invoke(main, [*call, "--output", str(tmp_path / "u.json")])
    assert result.exit_code == 0, result.output
    text = "edges of 1 of 1 labels, b: cosines of the embeddings disagree with"
    assert f"warning: {text}" in result.stderr
    assert result.output.count(text) == 1
    assert text in json.loads((tmp_path / "u.json").read_text())["warnings"][0]
    assert "note: edges of the zero-shot labels: cosines of the embeddings" in result.stdout


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["evaluate", "--seeds", "2"], "No such option"),
        (["evaluate", "--unseen", "b", "--split", "val"], "No such option"),
        (["evaluate", "--unseen", "pleasure"], "dimensional task"),  # as it was called before
        (["zero-shot"], "Missing option '--label'"),
        (["zero-shot", "--label", "b", "--edges-from", "test"], "--edges-from test"),
    ],
)
def test_options_that_do_not_go_together(folder, options, text):
    result = CliRunner().invoke(main, [options[0], str(folder / "config.yaml"), *options[1:]])
    assert result.exit_code == 2
    assert text in result.output
