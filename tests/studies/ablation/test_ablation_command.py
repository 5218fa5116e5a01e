"""``gcnlabel ablate`` on small data, from the command line to its files."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from mixed_data import write
from scipy import stats

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.config.schema import Select
from gcnlabel.errors import InputError
from gcnlabel.run.data import load_data
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate, experiment, job, run_ablation
from gcnlabel.studies.ablation.derived import ENSEMBLES

BASE = ["linear", "cosine", "generator without edges", "label kernel", "signed graph"]
USUAL = ["stacking", *ENSEMBLES, *BASE, "label-query attention"]
QUICK = ["--min-steps", "5", "--set", "training.epochs=2", "--rate", "0.003", "--rate", "0.03", "--workers", "1"]


def call(path, output, *options, seeds=2):
    arguments = ["ablate", str(path), "--output", str(output), "--seeds", str(seeds), *QUICK, *options]
    return CliRunner().invoke(main, arguments)


def read(folder):
    def refuse(name):
        raise ValueError(f"{name} is no JSON")

    return json.loads((folder / "ablation.json").read_text(), parse_constant=refuse)


def tables(folder):
    """Amount and metric -> head -> cells: the metric, and where it is compared, two differences."""
    found, title, header = {}, None, []
    for line in (folder / "ablation.md").read_text().splitlines():
        if line.startswith("### "):
            title = line[4:]
        elif line.startswith("| ") and "---" not in line:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] == "head":
                header = cells
                continue
            metrics = [name for name in header if "/" in name]
            for name in metrics:
                of = f"{name.rpartition('_')[2]}: " if len(metrics) > 1 else ""
                compared = [
                    k for k, column in enumerate(header) if column in (f"{of}head − linear", f"{of}default − head")
                ]
                row = [cells[k] for k in (header.index(name), *compared)]
                found.setdefault((title, name), {})[cells[0]] = row
    return found


def only(names, monkeypatch):
    usual = experiment._wanted
    monkeypatch.setattr(experiment, "_wanted", lambda *given: tuple(n for n in usual(*given) if n in names))


@pytest.fixture
def three_heads(monkeypatch):
    """Linear, stacking, the label kernel and the default, for tests of what is done with results."""
    only(("linear", "stacking", "label kernel", "default"), monkeypatch)


@pytest.fixture
def two_heads(monkeypatch):
    """The same without the default, which takes most of the time."""
    only(("linear", "label kernel"), monkeypatch)


@pytest.fixture
def nothing_trains(monkeypatch):
    monkeypatch.setattr("gcnlabel.training.Ensemble.step", None)


@pytest.fixture(scope="module")
def finished(mixed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ablation") / "results"
    result = call(mixed, folder, "--share", "0.5", "--few", "affect:5", "--format", "png")
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_what_is_written_is_printed_and_whole(finished):
    folder, output = finished
    assert sorted(path.name for path in folder.iterdir()) == [
        "ablation.json",
        "ablation.md",
        "gains.csv",
        "gains.png",
        "jobs",
    ]
    assert "written: " in output
    assert "gains.png" in output
    assert "### affect on 5 samples" in output
    assert "warning" not in output
    assert "Every head is calibrated on the annotated training samples: affect by moments." in output


def test_json_has_every_head_metric_and_seed(finished):
    results = read(finished[0])
    assert (results["seeds"], results["rates"]) == ([0, 1], [0.003, 0.03])
    assert (results["epochs"], results["min_steps"], results["select"]["metric"]) == (2, 5, "loss")
    assert results["config"]["training"]["batch_size"] == 16
    assert results["calibrated"] == {"affect": "moments"}
    assert list(results["regimes"]) == ["50% of the samples", "affect on 5 samples"]
    for regime in results["regimes"].values():
        assert set(regime["heads"]) == set(USUAL)
        assert list(regime["default"]) == ["mood", "tags", "affect"]
        assert sum(regime["default"]["affect"].values()) == pytest.approx(1, abs=0.01)
        for head in regime["heads"].values():
            assert {"mood/macro_f1", "tags/lrap", "affect/mean_ccc", "affect/valence/ccc"} <= set(head["metrics"])
            assert all(len(values) == 2 for values in (*head["metrics"].values(), head["val"], head["rate"]))
            assert {rate for rate in head["rate"] if rate is not None} <= {0.001, 0.003, 0.03, 0.09, 0.27, 0.003 / 9}
        linear, stacking = regime["heads"]["linear"]["metrics"], regime["heads"]["stacking"]["metrics"]
        assert linear["tags/lrap"] == stacking["tags/lrap"]
        assert linear["affect/mean_ccc"] != stacking["affect/mean_ccc"]


def test_other_processes_find_the_same(mixed, finished, tmp_path):
    options = ("--share", "0.5", "--few", "none", "--workers", "2")
    assert call(mixed, tmp_path / "out", *options).exit_code == 0
    for amount, found_of in read(tmp_path / "out")["regimes"].items():
        regime, found = read(finished[0])["regimes"][amount], found_of["heads"]
        assert list(found) == list(regime["heads"])
        for name, head in regime["heads"].items():
            assert found[name]["metrics"].keys() == head["metrics"].keys()
            for metric in ("affect/mean_ccc", "affect/valence/rmse"):
                assert found[name]["metrics"][metric] == pytest.approx(head["metrics"][metric], abs=1e-3)


def number(text):
    return float(text.replace("−", "-").replace("+", ""))


def test_the_table_says_what_the_json_says(finished):
    folder, _ = finished
    results, found = read(folder), tables(folder)
    metrics = ["mood/macro_f1", "tags/lrap", "affect/mean_ccc", "affect/mean_pearson", "affect/mean_nrmse"]
    assert list(found) == [(amount, metric) for amount in results["regimes"] for metric in metrics]
    for (amount, metric), rows in found.items():
        heads = results["regimes"][amount]["heads"]
        assert list(rows) == list(heads)
        linear, default = (heads[name]["metrics"][metric] for name in ("linear", "default"))
        for name, (shown, *differences) in rows.items():
            values = heads[name]["metrics"][metric]
            mean, sd = map(number, shown.split(" ± "))
            assert mean == pytest.approx(np.mean(values), abs=6e-4)
            assert sd == pytest.approx(np.std(values, ddof=1), abs=6e-4)
            assert len(differences) == (0 if metric == "affect/mean_nrmse" else 2)
            for cell, sign, base in zip(differences, (1, -1), (linear, default), strict=False):
                if values == base:
                    assert cell == "–"
                    continue
                gaps = sign * np.subtract(values, base)
                shown_gap, _, rest = cell.partition(" [")
                assert number(shown_gap) == pytest.approx(gaps.mean(), abs=6e-4)
                low, high = map(number, rest.partition("]")[0].split(", "))
                expected = gaps.mean() + np.array([-1, 1]) * stats.t.ppf(0.975, 1) * stats.sem(gaps)
                assert (low, high) == pytest.approx(tuple(expected), abs=6e-4)


def p_value(values, reference):
    gaps = np.subtract(values, reference)
    if np.ptp(gaps) < 1e-12:  # two seeds, the same difference
        return np.nan if abs(gaps[0]) < 1e-12 else 0.0
    return stats.ttest_rel(values, reference).pvalue


def test_p_values_are_corrected_for_the_heads_of_the_table(finished):
    folder, _ = finished
    for (amount, metric), rows in tables(folder).items():
        if metric == "affect/mean_nrmse":
            continue  # it is shown, not compared
        heads = read(folder)["regimes"][amount]["heads"]
        linear = heads["linear"]["metrics"][metric]
        ps = {k: p_value(h["metrics"][metric], linear) for k, h in heads.items() if k != "linear"}
        ps = {name: p for name, p in ps.items() if not np.isnan(p)}
        smallest = min(ps, key=ps.get)
        shown = rows[smallest][1].rpartition("p ")[2]
        corrected = min(1, len(ps) * ps[smallest])
        assert shown == "< .001" if corrected < 0.001 else number(shown[2:]) == pytest.approx(corrected, abs=6e-4)


def test_the_numbers_of_the_figure(finished):
    folder, _ = finished
    table, results = pl.read_csv(folder / "gains.csv"), read(folder)
    row = table.row(
        by_predicate=(pl.col("metric") == "affect/mean_ccc")
        & (pl.col("amount") == "affect on 5 samples")
        & (pl.col("head") == "default"),
        named=True,
    )
    heads = results["regimes"]["affect on 5 samples"]["heads"]
    gaps = np.subtract(*(heads[name]["metrics"]["affect/mean_ccc"] for name in ("default", "linear")))
    assert row["gain"] == pytest.approx(gaps.mean())
    assert row["half_width"] == pytest.approx(stats.t.ppf(0.975, 1) * stats.sem(gaps))


def test_a_head_that_equals_the_linear_one_is_drawn_at_0(finished):
    table = pl.read_csv(finished[0] / "gains.csv").filter(metric="tags/lrap", head="stacking")
    assert table.select("gain", "half_width").rows() == [(0.0, 0.0), (0.0, 0.0)]


def test_some_heads_alone_are_what_they_are_beside_others(mixed, finished, tmp_path):
    options = ("--share", "0.5", "--few", "none", "--head", "stacking", "--head", "label kernel", "--format", "png")
    assert call(mixed, tmp_path / "out", *options).exit_code == 0
    found = read(tmp_path / "out")["regimes"]["50% of the samples"]["heads"]
    all_heads = read(finished[0])["regimes"]["50% of the samples"]["heads"]
    assert list(found) == ["linear", "stacking", "default", "label kernel"]
    for name, head in found.items():  # how many are trained as one changes the rounding
        for metric in ("tags/lrap", "affect/mean_ccc"):
            assert head["metrics"][metric] == pytest.approx(all_heads[name]["metrics"][metric], abs=5e-3), name


def test_an_unknown_head_is_named(mixed, tmp_path):
    result = call(mixed, tmp_path / "out", "--share", "1", "--head", "staking")
    assert result.exit_code == 2
    assert "no head 'staking'" in result.output
    assert "did you mean 'stacking'?" in " ".join(result.output.split())
    assert not (tmp_path / "out" / "ablation.json").exists()


def test_a_head_that_this_data_cannot_have_says_why(tmp_path):
    result = call(write(tmp_path, ["tags"]), tmp_path / "out", "--share", "1", "--head", "stacking")
    assert result.exit_code == 2
    assert "no head 'stacking' for this data\n  expected: dimensions and classes or tags" in result.output


def test_results_are_not_replaced_unless_asked(finished, mixed):
    folder, _ = finished
    before = (folder / "ablation.json").read_bytes()
    result = call(mixed, folder, "--share", "1")
    assert result.exit_code == 2
    assert "already exists" in result.output
    assert "--overwrite" in result.output
    assert (folder / "ablation.json").read_bytes() == before


def test_a_table_of_ones_own_is_not_replaced_either(mixed, tmp_path):
    (tmp_path / "ablation.md").write_text("mine")
    assert "ablation.md already exists" in call(mixed, tmp_path, "--share", "1").output
    assert [path.name for path in tmp_path.iterdir()] == ["ablation.md"]


@pytest.mark.parametrize(("tasks", "seeds"), [(["tags"], 1), (["mood"], 2), (["affect"], 1)])
def test_data_of_one_type_of_task(tasks, seeds, tmp_path):
    path = write(tmp_path, tasks)
    result = call(path, tmp_path / "out", "--share", "1", "--set", "seed=3", seeds=seeds)
    assert result.exit_code == 0, result.output
    assert read(tmp_path / "out")["seeds"] == [3, 4][:seeds]
    regime = read(tmp_path / "out")["regimes"]["100% of the samples"]
    assert "stacking" not in regime["heads"]
    assert "default" in regime["heads"]
    assert set(regime["default"][tasks[0]]) <= set(BASE)


def test_dimensions_alone_are_thinned_by_shares(tmp_path):
    """There is nothing else to learn from that would be annotated more."""
    path = write(tmp_path, ["affect"])
    config = load_config(path)
    found, _ = run_ablation(config, tmp_path / "out", Budget([0], [0.01], 5), [0.5])
    assert list(found["regimes"]) == ["50% of the samples"]


def test_images(three_heads):
    changes = ["data.train=40", "data.val=12", "data.test=12", "model.backbone.widths=[2]"]
    config = load_config("synthetic-faces", changes)
    found = ablate(config, load_data(config), [LabelBudget(task="affect", samples=6)], Budget([0, 1], [0.01], 2))
    heads = found["regimes"]["affect on 6 samples"]["heads"]
    assert set(heads) == {"linear", "stacking", "default", "label kernel"}
    assert all(np.isfinite(head["metrics"]["affect/mean_ccc"]).all() for head in heads.values())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--few", "affects:5"], "unknown task 'affects'\n  expected: mood, tags, affect"),
        (["--few", "affect"], "--few affect\n  expected: TASK:K"),
        (["--few", "affect:0"], "--few affect:0"),
        (["--share", "0"], "--share 0\n  expected: a number in (0, 1], or none"),
        (["--share", "1.5"], "--share 1.5"),
        (["--share", "0.5", "--share", "0.01"], "0.01 of 80 samples\n  expected: at least 2 samples"),
        (["--format", "gif", "--share", "1"], "'gif' is not one of"),
        (["--rate", "0"], "0 is not in the range x>0"),
        (["--set", "model.heads.name=x"], "model.heads"),
        (["--set", "loss.mood.name=ccc", "--share", "1"], "loss 'ccc' does not suit"),
    ],
)
def test_bad_input_is_found_before_anything_is_trained(options, text, mixed, tmp_path, nothing_trains):
    result = call(mixed, tmp_path / "out", *options)
    assert result.exit_code == 2, result.output
    assert text in result.output
    assert not (tmp_path / "out" / "ablation.json").exists()


def test_a_folder_that_cannot_be_made_is_found_before_anything_is_trained(mixed, tmp_path, nothing_trains):
    (tmp_path / "file").write_text("")
    result = call(mixed, tmp_path / "file" / "out", "--share", "1")
    assert (result.exit_code, "is a file, not a folder" in result.output) == (2, True), result.output


def test_what_is_done_is_kept_when_the_next_amount_fails(mixed, tmp_path, monkeypatch, three_heads):
    plain = job.tuned

    def failing(config, makers, rates, **bounds):
        if len(next(iter(makers.values()))(0.1).train.annotations) == 80:
            raise KeyboardInterrupt
        return plain(config, makers, rates, **bounds)

    monkeypatch.setattr(job, "tuned", failing)
    amounts = ("--share", "0.25", "--share", "1", "--few", "none")
    result = call(mixed, tmp_path / "out", *amounts, seeds=1)
    assert result.exit_code == 130
    assert list(read(tmp_path / "out")["regimes"]) == ["25% of the samples"]
    assert (tmp_path / "out" / "gains.pdf").exists()
    monkeypatch.setattr(job, "tuned", plain)
    again = call(mixed, tmp_path / "out", *amounts, seeds=1)
    assert again.exit_code == 0, again.output
    whole = call(mixed, tmp_path / "whole", *amounts, seeds=1)
    assert whole.exit_code == 0, whole.output
    assert read(tmp_path / "out") == read(tmp_path / "whole")


def test_one_seed_shows_no_interval(mixed, tmp_path, three_heads):
    result = call(mixed, tmp_path / "out", "--share", "0.5", "--few", "mood:3", seeds=1)
    assert result.exit_code == 0, result.output
    assert "One seed (0) on the test split" in result.output
    for text in ("±", "[", "p ="):
        assert text not in (tmp_path / "out" / "ablation.md").read_text()
    assert pl.read_csv(tmp_path / "out" / "gains.csv")["half_width"].null_count() > 0
    cells = tables(tmp_path / "out")["50% of the samples", "tags/lrap"]["default"]
    assert all(abs(number(cell)) <= 1 for cell in cells[:2])


def test_a_task_that_only_training_samples_annotate_is_left_out(tmp_path, three_heads):
    path = write(tmp_path)
    table = pl.read_csv(tmp_path / "labels.csv", infer_schema=False)
    hidden = pl.when(pl.col("split") == "train").then(pl.col("mood"))
    table.with_columns(hidden.alias("mood")).write_csv(tmp_path / "labels.csv")
    result = call(path, tmp_path / "out", "--share", "1", "--few", "mood:3", seeds=1)
    assert result.exit_code == 0, result.output
    shown = {"affect/mean_ccc", "affect/mean_pearson", "affect/mean_nrmse"}
    assert {metric for _, metric in tables(tmp_path / "out")} == {"tags/lrap"} | shown
    nothing = [pl.when(pl.col("split") == "train").then(pl.col(c)).alias(c) for c in "abcd"]
    nothing += [pl.when(pl.col("split") == "train").then(pl.col(c)).alias(c) for c in ("valence", "arousal", "mood")]
    table.with_columns(nothing).write_csv(tmp_path / "labels.csv")
    result = call(path, tmp_path / "again", "--share", "1")
    assert (result.exit_code, "the test split annotates no task" in result.output) == (2, True), result.output


def test_amounts_that_are_named_twice_are_measured_once(mixed, tmp_path, three_heads):
    call(mixed, tmp_path, "--share", "0.5", "--share", "0.50", "--few", "mood:3", "--few", "mood:3", seeds=1)
    assert list(read(tmp_path)["regimes"]) == ["50% of the samples", "mood on 3 samples"]


def test_the_test_part_selects_nothing(config, data, three_heads):
    """Turning the tags of the test part around changes what is reported, and neither rates nor epochs."""
    from dataclasses import replace

    from gcnlabel.run.data import SampleSet

    test = data.parts["test"]
    tags = 1 - test.annotations.targets["tags"]
    turned = SampleSet(replace(test.annotations, targets={**test.annotations.targets, "tags": tags}), test.inputs)
    other = replace(data, parts={**data.parts, "test": turned})
    one, two = (ablate(config, d, [LabelBudget(0.5)], Budget([0], [0.003, 0.03], 5)) for d in (data, other))
    for amount, regime in one["regimes"].items():
        for name, head in regime["heads"].items():
            found = two["regimes"][amount]["heads"][name]
            assert (found["val"], found["rate"]) == (head["val"], head["rate"]), name
            assert found["metrics"]["affect/mean_ccc"] == head["metrics"]["affect/mean_ccc"]
            assert found["metrics"]["tags/lrap"] != head["metrics"]["tags/lrap"]


def test_each_head_has_the_rate_of_its_own_best_value(config, data, two_heads, monkeypatch):
    """What a grid chooses for a seed is what the best of its rates gives alone."""
    monkeypatch.setattr("gcnlabel.run.side_by_side.EXTENSIONS", 0)
    rates = [0.01, 0.5]
    config = config.model_copy(update={"select": Select(metric="main", mode="max")})
    found, *alone = (
        ablate(config, data, [LabelBudget(0.5)], Budget(range(2), given, 20))["regimes"]["50% of the samples"]["heads"]
        for given in (rates, *([rate] for rate in rates))
    )
    for name in ("linear", "label kernel"):
        head, values = found[name], np.array([of_rate[name]["val"] for of_rate in alone])  # [rates, seeds]
        assert head["rate"] == [rates[k] for k in values.argmax(0)], name
        np.testing.assert_allclose(head["val"], values.max(0), rtol=1e-5)
        for metric in ("affect/mean_ccc", "tags/lrap"):
            chosen = [alone[k][name]["metrics"][metric][seed] for seed, k in enumerate(values.argmax(0))]
            np.testing.assert_allclose(head["metrics"][metric], chosen, rtol=1e-4)


def test_heads_of_the_config_are_compared_and_tuned_under_its_names(mixed, tmp_path):
    heads = "{deep: {name: graph, hidden_channels: [4, 4]}, "
    heads += "label-query attention: [{name: label-query, width: 4}, {name: label-query, width: 8, heads: 4}]}"
    only = ["--head", "deep", "--head", "label-query attention", "--share", "0.5", "--few", "none"]
    result = call(mixed, tmp_path / "out", *only, "--set", f"ablate.heads={heads}", seeds=1)
    assert result.exit_code == 0, result.output
    (regime,) = read(tmp_path / "out")["regimes"].values()
    assert set(regime["heads"]) == {"linear", "default", "deep", "label-query attention"}
    assert regime["heads"]["deep"]["head"] == [0]
    tuned = regime["heads"]["label-query attention"]
    for k, head in enumerate(("{name: label-query, width: 4}", "{name: label-query, width: 8, heads: 4}")):
        change = f"ablate.heads={{label-query attention: {head}}}"
        assert call(mixed, tmp_path / f"{k}", *only[2:], "--set", change, seeds=1).exit_code == 0
    alone = [next(iter(read(tmp_path / f"{k}")["regimes"].values()))["heads"]["label-query attention"] for k in (0, 1)]
    for seed, place in enumerate(tuned["head"]):
        assert tuned["val"][seed] == max(found["val"][seed] for found in alone) == alone[place]["val"][seed]
    with pytest.raises(InputError, match="unknown key 'ablate.heads.deep.0.widht'"):
        load_config(mixed, ["ablate.heads={deep: {name: label-query, widht: 4}}"])
