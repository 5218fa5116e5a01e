"""Figures of predictions and comparisons for 2 to 159 labels with long names: their texts, at both widths."""

import numpy as np
import polars as pl
import pytest
import torch
from drawn_texts import check_texts, drawn_texts

from gcnlabel import figures
from gcnlabel.errors import InputError
from gcnlabel.figures import Gain, SamplePredictions, figure_style
from gcnlabel.figures.seeds import Group
from gcnlabel.tasks import MultiLabel

SIZES = ((2, "column"), (9, "column"), (9, "page"), (16, "page"), (45, "column"), (80, "page"), (159, "column"))
INCHES = {"column": 3.3, "page": 7.0}


def names_of(size):
    return [("a label with a very long name, number " if i % 5 == 4 else "label ") + str(i) for i in range(size)]


def confusion(size, rng):
    counts = {run: rng.integers(0, 30, (size, size)) for run in ("one", "two")}
    counts["one"][0] = 0  # no sample of this class
    return figures.confusion_figure(counts, names_of(size))


def scored(size, rng):
    scores = torch.tensor(rng.normal(size=(60, size)), dtype=torch.float32)
    targets = (scores + torch.tensor(rng.normal(size=(60, size))) > 0).float()
    targets[::7] = torch.nan
    return {"run a": (scores, targets), "run b": (-scores, targets)}, MultiLabel("tags", names_of(size))


def label_bars(size, rng):
    return figures.label_bars_figure(figures.label_bars_table(*scored(size, rng)))


def precision_recall(size, rng):
    found, task = scored(size, rng)
    return figures.precision_recall_figure(figures.precision_recall_table({"run a": found["run a"]}, task))


def reliability(size, rng):
    return figures.reliability_figure(figures.reliability_table(*scored(size, rng)))


def scatter(size, rng):
    points = rng.normal(size=(300, 2)), np.arange(300) % size
    return figures.scatter_figure(*points, names_of(size), ["valence", "arousal"], title="training split")


def samples_of(size, rng, count=5):
    return SamplePredictions(
        images=rng.integers(0, 255, (count, 3, 8, 8), dtype=np.uint8),
        classes=names_of(size),
        true_class=np.arange(count) % size,
        true_affect=rng.uniform(-1, 1, (count, 2)),
        names=("Multi-task + CCC", "Emotion-GCN"),
        predicted_class=rng.integers(0, size, (2, count)),
        predicted_affect=rng.uniform(-1, 1, (2, count, 2)),
        rows=np.arange(count),
    )


def samples(size, rng):
    return figures.sample_figure(samples_of(size, rng))


def gains(size, rng):
    heads = names_of(min(size, 16))
    panels = {
        metric: {budget: {head: Gain(rng.normal(), 0.5) for head in heads} for budget in ("100%", "10%, held-out")}
        for metric in ("lrap", "mAP")
    }
    return figures.gains_figure(panels, heads[:1])


def ranks(size, rng):
    return figures.ranks_figure({head: 1.0 + k for k, head in enumerate(names_of(min(size, 16)))}, 1.5)


def importance(size, rng):
    shares = rng.dirichlet(np.ones(min(size, 30)))
    return figures.importance_figure(dict(zip(names_of(len(shares)), shares, strict=True)), "val/tags/lrap")


def sweep(size, rng):
    taus = np.linspace(0, 1, 101)
    return figures.tau_sweep_figure(taus, size * size * (1 - taus), np.floor(size * taus), 0.1)


def runs_of(size):
    return {f"{name}, seed {seed}": seed for name in names_of(min(size, 20)) for seed in (1, 2)}


def groups_of_runs(size):
    return [Group(name, (f"{name}, seed 1", f"{name}, seed 2"), (1, 2)) for name in names_of(min(size, 20))]


def curves(size, rng):
    epochs = {"epoch": [1, 2, 3], **{f"{of}/loss": rng.normal(size=3) for of in ("train", "val")}}
    metrics = {f"val/t/{metric}": rng.normal(size=3) for metric in ("lrap", "mAP", "macro_f1", "mean_ccc")}
    table = pl.DataFrame({**epochs, **metrics, "val/loss of signed graph": rng.normal(size=3)})
    return figures.curves_figure(dict.fromkeys(runs_of(size), table), {}, groups_of_runs(size))


def comparison(size, rng):
    results = {run: {"t/lrap": rng.uniform(), "t/ranking_loss": rng.uniform()} for run in runs_of(size)}
    return figures.comparison_figure(results, groups_of_runs(size))


def bars_over_seeds(size, rng):
    of, task = scored(3, rng)
    table = figures.label_bars_table(dict.fromkeys(runs_of(size), of["run a"]), task)
    return figures.label_bars_figure(table, groups_of_runs(size))


def reliability_over_seeds(size, rng):
    of, task = scored(3, rng)
    table = figures.reliability_table(dict.fromkeys(runs_of(size), of["run a"]), task)
    return figures.reliability_figure(table, groups_of_runs(size))


OF_ONE_RUN = (confusion, label_bars, precision_recall, reliability, scatter, samples, gains, ranks, importance, sweep)
OF_RUNS = (curves, comparison, bars_over_seeds, reliability_over_seeds)
DRAWN = OF_ONE_RUN + OF_RUNS
LARGEST = {**dict.fromkeys((gains, ranks), 16), **dict.fromkeys((importance, *OF_RUNS), 45)}
"""Figures that do not grow beyond a size: those of more labels are the same, and drawn by ``make test-slow``."""
BETWEEN = {confusion: (45, 80)}
"""Sizes that take seconds and show nothing that smaller and larger ones do not show."""
OF_A_SIZE = [
    pytest.param(
        draw,
        size,
        width,
        marks=[pytest.mark.slow] if size > LARGEST.get(draw, size) or size in BETWEEN.get(draw, ()) else [],
    )
    for draw in DRAWN
    for size, width in SIZES
]


@pytest.mark.parametrize(("draw", "size", "width"), OF_A_SIZE)
def test_texts_are_legible_inside_and_apart(draw, size, width, monkeypatch):
    with figure_style(width):
        figure = draw(size, np.random.default_rng(size))
    check_texts(figure, monkeypatch)
    assert figure.get_figwidth() == INCHES[width]
    assert figure.get_figheight() <= 10
    first = figure.axes[0].get_position()
    assert first.width * first.height > 0.02, "names leave no room for what they name"


@pytest.mark.parametrize("draw", DRAWN)
def test_a_style_is_that_of_every_figure(draw, tmp_path):
    (tmp_path / "own.mplstyle").write_text("xtick.labelsize: 6.5\naxes.edgecolor: red\n")
    with figure_style(4.5, [tmp_path / "own.mplstyle"]):
        figure = draw(9, np.random.default_rng(0))
    assert figure.get_figwidth() == 4.5
    assert figure.axes[0].spines["left"].get_edgecolor() == (1, 0, 0, 1)


def test_counts_of_classes_are_kept_beside_shortened_names(monkeypatch):
    with figure_style("column"):
        figure = figures.confusion_figure({"a": np.full((9, 9), 7)}, names_of(9))
    found = [text.get_text() for text, _ in drawn_texts(figure, monkeypatch)]
    assert sum(text.endswith(" (63)") for text in found) == 9
    assert any("…" in text and text.endswith("4 (63)") for text in found)


def test_numbers_outside_the_scale_are_marked_and_said(monkeypatch):
    found = samples_of(3, np.random.default_rng(0))
    inside = [text.get_text() for text, _ in drawn_texts(figures.sample_figure(found), monkeypatch)]
    assert not any("*" in text for text in inside)
    found.predicted_affect[1, 2] = 1.083, -1.2
    outside = [text.get_text() for text, _ in drawn_texts(figures.sample_figure(found), monkeypatch)]
    assert sum("(1.08*, -1.20*)" in text for text in outside) == 1
    assert sum("*: outside [-1, 1]" in text for text in outside) == 1
    assert figures.sample_table(found)["Emotion-GCN: valence"][2] == 1.083  # what was predicted
    with pytest.raises(InputError, match="no sample"):
        figures.sample_figure(samples_of(3, np.random.default_rng(0), count=0))


def test_classes_beyond_the_colours_are_grey_and_counted():
    codes = np.repeat(np.arange(12), np.arange(1, 13))
    figure = figures.scatter_figure(np.zeros((len(codes), 2)), codes, names_of(12), ["v", "a"])
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(named) == 10
    assert named[-1] == "3 more classes"
    assert {"label 0", "label 1", "label 2"}.isdisjoint(named)  # the smallest


def test_seeds_share_a_colour_and_one_name_with_their_mean():
    rng = np.random.default_rng(0)
    of, task = scored(2, rng)
    runs = {"a 1": of["run a"], "a 2": of["run b"], "b": of["run a"]}
    groups = [Group("a", ("a 1", "a 2"), (1, 2)), Group("b", ("b",), (1,))]
    table = figures.precision_recall_table(runs, task)
    figure = figures.precision_recall_figure(table, groups)
    first, second, other = figure.axes[0].lines
    assert first.get_color() == second.get_color() != other.get_color()
    average = dict(table.select("curve", "average precision").unique().iter_rows())
    mean = (average["a 1"] + average["a 2"]) / 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        f"a, 2 seeds ({mean:.2f})",
        f"b ({average['b']:.2f})",
    ]
    bars = figures.label_bars_table(runs, task)
    drawn = figures.label_bars_figure(bars, groups).axes[0]
    values = {run: bars.filter(run=run).sort("samples", descending=True)["average precision"] for run in runs}
    means = [(x + y) / 2 for x, y in zip(values["a 1"], values["a 2"], strict=True)]
    np.testing.assert_allclose([bar.get_width() for bar in drawn.containers[0]], means)
    (ends,) = drawn.collections
    spans = [sorted(part[:, 0]) for part in ends.get_segments()]
    np.testing.assert_allclose(spans, [sorted(pair) for pair in zip(values["a 1"], values["a 2"], strict=True)])
