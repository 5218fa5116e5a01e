"""Precision against recall, reliability, and mean ranks, against scikit-learn and worked cases."""

import numpy as np
import pytest
import torch
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, precision_recall_curve

from gcnlabel.errors import InputError
from gcnlabel.figures import (
    figure_style,
    label_bars_figure,
    label_bars_table,
    precision_recall_figure,
    precision_recall_table,
    ranks_figure,
    ranks_table,
    reliability_figure,
    reliability_table,
)
from gcnlabel.figures.ranks import cliques
from gcnlabel.figures.reliability import calibration_error
from gcnlabel.tasks import Categorical, MultiLabel


def drawn(figure):
    with figure.style.applied():
        figure.draw_without_rendering()
    return figure


def tags(labels=3, samples=60, seed=0):
    rng = torch.Generator().manual_seed(seed)
    scores = torch.randn(samples, labels, generator=rng)
    targets = (scores + torch.randn(samples, labels, generator=rng) > 0).float()
    targets[::7, 0] = torch.nan
    return scores, targets, MultiLabel("tags", [f"label {k}" for k in range(labels)])


def test_curves_are_scikit_learns():
    scores, targets, task = tags()
    table = precision_recall_table({"run": (scores, targets)}, task)
    assert table["curve"].unique(maintain_order=True).to_list() == ["all labels", *task.labels]
    seen = ~targets[:, 0].isnan().numpy()
    of = table.filter(curve="label 0")
    truth, probable = targets[:, 0].numpy()[seen], scores[:, 0].sigmoid().numpy()[seen]
    assert of["average precision"][0] == pytest.approx(average_precision_score(truth, probable), abs=1e-5)
    precision, recall, _ = precision_recall_curve(truth, probable)
    found = set(zip(of["recall"].round(5), of["precision"].round(5), strict=True))
    assert found <= set(zip(recall.round(5).tolist(), precision.round(5).tolist(), strict=True))


def test_many_labels_and_several_runs_are_one_curve_each():
    scores, targets, task = tags(12)
    assert precision_recall_table({"a": (scores, targets)}, task)["curve"].unique().to_list() == ["all labels"]
    both = precision_recall_table({"a": (scores, targets), "b": (-scores, targets)}, task)
    assert both["curve"].unique(maintain_order=True).to_list() == ["a", "b"]
    best = both.group_by("curve", maintain_order=True).first()["average precision"]
    assert best[0] > best[1]


def test_labels_without_a_positive_are_left_out():
    scores, targets, task = tags()
    targets[:, 1] = 0
    assert "label 1" not in precision_recall_table({"a": (scores, targets)}, task)["curve"].to_list()
    targets[:] = torch.nan
    empty = precision_recall_table({"a": (scores, targets)}, task)
    assert len(empty) == 0
    drawn(precision_recall_figure(empty))


def test_reliability_is_scikit_learns():
    scores, targets, task = tags(4, 400)
    table = reliability_table({"run": (scores, targets)}, task)
    seen = ~targets.isnan()
    shares, means = calibration_curve(targets[seen].numpy(), scores.sigmoid()[seen].numpy(), n_bins=10)
    np.testing.assert_allclose(table["frequency"], shares, rtol=1e-5)
    np.testing.assert_allclose(table["predicted"], means, rtol=1e-5)
    gaps = np.abs(shares - means) * table["cells"].to_numpy()
    assert calibration_error(table) == pytest.approx(gaps.sum() / int(seen.sum()), abs=1e-5)


def test_reliability_of_classes_counts_each_against_all_others():
    task = Categorical("mood", ["a", "b", "c"])
    scores = torch.log(torch.tensor([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]))
    table = reliability_table({"run": (scores, torch.tensor([0, 1, -1]))}, task)
    assert table.select("bin", "frequency", "cells").rows() == [(1, 0.0, 4), (8, 1.0, 2)]


@pytest.mark.parametrize("width", ["column", "page"])
@pytest.mark.parametrize("runs", [1, 10])
def test_nothing_is_outside_the_page(width, runs):
    scores, targets, task = tags()
    of_runs = {f"a rather long name of a run, {k}": (scores, targets) for k in range(runs)}
    ranks = {f"a rather long name of a head, {k}": 1 + 0.7 * k for k in range(runs)}
    with figure_style(width):
        for figure in (
            precision_recall_figure(precision_recall_table(of_runs, task)),
            reliability_figure(reliability_table(of_runs, task)),
            ranks_figure(ranks, 1.0),
            label_bars_figure(label_bars_table(of_runs, task)),
        ):
            page = drawn(figure).bbox
            boxes = [legend.get_window_extent() for legend in figure.legends]
            boxes += [text.get_window_extent() for text in figure.axes[0].get_yticklabels()]
            assert all(box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1 for box in boxes)


def test_ranks_by_hand():
    ranks = {"b": 2.0, "a": 1.2, "c": 2.9, "d": 5.0}
    assert list(cliques(ranks, 1.0)) == [(1.2, 2.0), (2.0, 2.9)]
    assert list(cliques(ranks, 1.8)) == [(1.2, 2.9)]
    axes = drawn(ranks_figure(ranks, 1.0)).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a  1.20", "b  2.00", "c  2.90", "d  5.00"]
    bars = [line for line in axes.lines if line.get_linewidth() == 2.5]
    assert [list(bar.get_xdata()) for bar in bars] == [[pytest.approx(1.16), pytest.approx(2.04)], [1.96, 2.94]]
    assert ranks_table(ranks, 1.0)["mean rank"].to_list() == list(ranks.values())
    with pytest.raises(InputError, match="no rank"):
        ranks_figure({}, 1.0)


def test_bars_are_average_precisions_with_support():
    scores, targets, task = tags()
    targets[:, 2] = 0
    table = label_bars_table({"run": (scores, targets)}, task)
    seen = ~targets[:, 0].isnan().numpy()
    wanted = average_precision_score(targets[:, 0].numpy()[seen], scores[:, 0].numpy()[seen])
    assert table["average precision"][0] == pytest.approx(wanted, abs=1e-6)
    assert table["average precision"][2] is None
    assert table["samples"].to_list() == [int(targets[:, k].nansum()) for k in range(3)]
    axes = drawn(label_bars_figure(table)).axes[0]
    order = sorted(range(3), key=lambda k: -table["samples"][k])
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == [f"label {k} ({table['samples'][k]})" for k in order]


@pytest.mark.parametrize("labels", [2, 45, 159])
def test_bars_of_many_labels_stay_on_a_page(labels):
    scores, targets, task = tags(labels)
    figure = drawn(label_bars_figure(label_bars_table({"a": (scores, targets), "b": (scores, targets)}, task)))
    assert figure.get_figheight() <= 9.4
    shown = len(figure.axes[0].get_yticklabels())
    assert (f"{shown} of {labels}" in figure.axes[0].get_xlabel()) == (shown < labels)
