import numpy as np
import polars as pl
import pytest
from scipy import stats

from gcnlabel.errors import InputError
from gcnlabel.papers.emotion_gcn import Planned, parse_source, reported, runs_of, share_of, targets_of, write_table
from gcnlabel.papers.emotion_gcn.cells import Cell, mean_cell, paired_cell
from gcnlabel.papers.emotion_gcn.figures import _validation_split
from gcnlabel.papers.emotion_gcn.plan import TARGETS, grid
from gcnlabel.papers.emotion_gcn.result_table import Column, ResultTable

SYNTHETIC = parse_source("synthetic-faces")


def test_runs_of_each_target():
    counts = {target: len(runs_of(target, SYNTHETIC, 5)) for target in TARGETS}
    figures = {"fig1": 0, "fig3": 0, "fig4": 5, "fig5": 5, "fig6": 5, "figS1": 0, "figS2": 1}
    # Table II: 4 taus x 3 depths + 7 ps x 3 depths - 3 cells in both
    assert counts == {"table1": 25, "table2": 150, "table3": 25, "table4": 5, "table5": 20, **figures}
    names = [run.name for target in TARGETS for run in runs_of(target, SYNTHETIC, 5)]
    assert len(set(names)) == 25 + 145 + 20 + 1  # one run of Table II is Table I's Emotion-GCN
    assert () in grid()


def test_runs_differ_in_what_is_compared_alone():
    runs = {run.name: run.config(SYNTHETIC) for target in TARGETS for run in runs_of(target, SYNTHETIC, 1)}
    whole = [config for name, config in runs.items() if "smaller" not in name]
    assert len({config.data.model_dump_json() for config in runs.values()}) == 1
    assert len({config.model.backbone.model_dump_json() for config in whole}) == 1
    assert len({config.optimizer.model_dump_json() for config in runs.values()}) == 1
    assert runs["emotion-gcn-layers3-tau0.05-seed0"].graph.tau == 0.05
    assert runs["emotion-gcn-layers3-tau0.05-seed0"].model.head.hidden_channels == [512, 512]
    assert runs["emotion-gcn-layers1-seed0"].model.head.hidden_channels == []
    assert runs["multi-task-mse-seed0"].loss["affect"].name == "mse"
    assert runs["single-task-affect-seed0"].only_tasks == ["affect"]
    assert {config.calibrate for config in runs.values()} == {"none"}  # the published protocol, on drawn faces too


def test_photographs_take_the_papers_settings_and_their_own_tables():
    source = parse_source("affectnet:/a", emotic="/e")
    config = Planned("emotion-gcn", 3).config(source)
    assert (config.data.source, config.data.path, config.data.size, config.seed) == ("affectnet", "/a", 227, 3)
    smaller = Planned("multi-task-ccc", 0, smaller=True).config(source)
    assert (smaller.model.backbone.name, smaller.data.size, smaller.model.head.name) == ("breg_next", 112, "linear")
    emotic = [run for run in runs_of("table1", source, 1) if run.preset == "emotion-gcn-emotic"]
    assert str(emotic[0].config(source).graph.borrowed["expression:expression"]) == "emotic:/e"
    assert "table3" not in targets_of("all", source)
    assert targets_of("all", parse_source("aff-wild2:/a")) == ("table3",)


def test_the_supplement_is_affectnet_with_edges_from_emotic():
    source = parse_source("affectnet:/a", emotic="/e")
    assert {"figS1", "figS2"} <= set(targets_of("all", source))
    (run,) = runs_of("figS2", source, 5)
    graph = run.config(source).graph
    assert (graph.p, str(graph.borrowed["expression:expression"])) == (0.5, "emotic:/e")
    assert str(graph.convention) == "emotion-gcn-paper"
    for other in ("affectnet:/a", "synthetic-faces"):
        assert not {"figS1", "figS2"} & set(targets_of("all", parse_source(other)))
        with pytest.raises(InputError, match=r"figS1 shows class edges from EMOTIC(.|\n)*--emotic PATH"):
            targets_of("figS1", parse_source(other))
    with pytest.raises(InputError, match="figS2 cannot be made from aff-wild2"):
        targets_of("figS2", parse_source("aff-wild2:/a", emotic="/e"))


def test_figure_1_is_of_the_validation_set():
    """AffectNet's published validation set is what our runs report on; val is held out of the training set there."""
    assert _validation_split(Planned("emotion-gcn", 0).config(parse_source("affectnet:/a"))) == "test"
    assert _validation_split(Planned("emotion-gcn", 0).config(SYNTHETIC)) == "val"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parse_source("affectnet"), "affectnet:PATH"),
        (lambda: parse_source("synthetic-face"), "did you mean 'synthetic-faces'"),
        (lambda: parse_source("affectnet:/a", quick=True), "--quick is for synthetic-faces"),
        (lambda: targets_of("tabel1", SYNTHETIC), "did you mean 'table1'"),
        (lambda: targets_of("table3", parse_source("affectnet:/a")), "not about affectnet"),
        (lambda: share_of([], "3/2"), "K/N"),
        (lambda: share_of([], "x"), "K/N"),
    ],
)
def test_bad_requests(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_shares_are_a_partition():
    runs = runs_of("table2", SYNTHETIC, 2)
    shares = [share_of(runs, f"{k}/7") for k in range(1, 8)]
    assert sorted(run.name for share in shares for run in share) == sorted(run.name for run in runs)
    assert share_of(runs, None) == runs


def test_mean_and_paired_interval_are_scipys():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 6))
    cell, interval = paired_cell(a, b), stats.ttest_rel(a, b).confidence_interval(0.95)
    assert cell.mean == pytest.approx((a - b).mean())
    assert cell.interval == pytest.approx((interval.low, interval.high))
    assert mean_cell(a).sd == pytest.approx(stats.tstd(a))
    assert mean_cell(a[:1]) == Cell(a[0])
    assert paired_cell(a[:1], b[:1]).interval is None


def test_the_papers_grids_agree_where_they_meet():
    at_tau, at_p = reported.TAUS.index(0.1), reported.PS.index(0.7)
    for layers in (1, 2, 3):
        assert reported.TAU_GRID[layers][at_tau] == reported.P_GRID[layers][at_p]
    assert reported.TAU_GRID[2][at_tau] == reported.AFFECTNET["emotion-gcn"]["accuracy"]
    assert not set(reported.LATER) & set(reported.LITERATURE)
    assert set(reported.SOURCES) == set(reported.LATER) | set(reported.LITERATURE)
    assert max(reported.LITERATURE, key=reported.LITERATURE.get) == "Emotion-GCN"  # later work is not the paper's
    assert reported.LITERATURE["Emotion-GCN"] == reported.AFFECTNET["emotion-gcn"]["accuracy"]


def test_a_table_is_written_three_times(tmp_path):
    table = ResultTable(
        "100% made up & small.",
        "model",
        ["a_1", "b"],
        [
            Column("accuracy (%)", [Cell(66.404, 0.306), None], [66.46, None]),
            Column("difference", [Cell(-0.0104, interval=(-0.03, 0.0094)), Cell(0.5)], digits=3, signed=True),
        ],
    )
    files = write_table(table, tmp_path / "t")
    md, tex, csv = (file.read_text() for file in files)
    assert md.splitlines() == [
        "| model | accuracy (%) | *reported* | difference |",
        "| --- | --- | --- | --- |",
        "| a_1 | 66.40 ± 0.31 | 66.46 | −.010 [−.030, +.009] |",
        "| b |  |  | +.500 |",
        "",
        "100% made up & small.",
    ]
    assert r"\caption{100\% made up \& small.}" in tex
    assert r"a\_1 & 66.40(31) & 66.46 & -0.010 & $[-0.030, +0.009]$ \\" in tex
    assert tex.count(r"\toprule") == tex.count(r"\bottomrule") == 1
    frame = pl.read_csv(files[2])
    assert frame["accuracy (%): mean"].to_list() == [66.404, None]
    assert frame["accuracy (%): reported"].to_list() == [66.46, None]
    assert frame["difference: low"].to_list() == [-0.03, None]
    assert "reported" not in csv.splitlines()[0].split("accuracy (%): reported")[1]
    with pytest.raises(InputError, match="exists"):
        write_table(table, tmp_path / "t")
