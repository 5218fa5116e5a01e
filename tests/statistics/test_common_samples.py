"""Pairs of labels that are annotated together on few samples are counted and named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gcnlabel.annotations import Annotations
from gcnlabel.errors import FewSamplesWarning
from gcnlabel.graph.recipe import GraphRecipe
from gcnlabel.inspection import inspect_warnings
from gcnlabel.statistics import LabelStatistics
from gcnlabel.statistics.few import FEW
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [MultiLabel("tags", ["a", "b"]), Dimensional("affect", ["v", "w", "x"]), Categorical("mood", ["m", "n"])]
)
BLOCKS = {
    ("tags", "tags"): "phi",
    ("tags", "affect"): "spearman",
    ("affect", "affect"): "pearson",
    ("mood", "affect"): "spearman",
}


def annotations_of(rng, rows):
    affect = rng.uniform(-1, 1, (rows, 3))
    affect[rng.random((rows, 3)) < 0.6] = np.nan
    tags = rng.integers(0, 2, (rows, 2)).astype(float)
    tags[rng.random((rows, 2)) < 0.3] = np.nan
    mood = rng.integers(-1, 2, rows)
    return Annotations(TASKS, {"tags": tags, "affect": affect, "mood": mood})


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 99))
def test_counts_are_those_of_loops_whatever_the_chunks(rows, cut, seed):
    given_rows = annotations_of(np.random.default_rng(seed), rows)
    statistics = LabelStatistics(TASKS, BLOCKS)
    cut = min(cut, rows)
    other = LabelStatistics(TASKS, BLOCKS).update(given_rows.select(np.arange(cut, rows)))
    statistics.update(given_rows.select(np.arange(cut))).merge(other)
    indicators = {task.name: given_rows.indicators(task.name) for task in TASKS}
    expected = {}
    for a, b in BLOCKS:
        for i, first in enumerate(TASKS[a].labels):
            for j, second in enumerate(TASKS[b].labels):
                both = ~np.isnan(indicators[a][:, i]) & ~np.isnan(indicators[b][:, j])
                if 0 < both.sum() < min(FEW, rows) and (a != b or i < j):
                    expected[first, second] = int(both.sum())
    assert {(a, b): count for a, b, count in statistics.few_samples()} == expected


def test_a_correlation_of_four_samples_is_said():
    rng = np.random.default_rng(0)
    values = rng.uniform(-1, 1, (60, 2))
    values[4:30, 0] = np.nan
    values[30:, 1] = np.nan
    tasks = TaskSet([Dimensional("affect", ["fear", "joy"])])
    recipe = GraphRecipe(statistic="spearman", convention="signed-weighted", tau=0.0)
    with pytest.warns(FewSamplesWarning, match=r"fewer than 10 samples.*: fear-joy \(4\)"):
        graph = recipe.build(Annotations(tasks, {"affect": values}))
    assert any("fear-joy (4)" in text for text in inspect_warnings(graph))


@pytest.mark.filterwarnings("error::gcnlabel.errors.FewSamplesWarning")
def test_a_small_table_without_gaps_says_nothing():
    values = np.random.default_rng(0).uniform(-1, 1, (6, 2))
    tasks = TaskSet([Dimensional("affect", ["fear", "joy"])])
    GraphRecipe(statistic="spearman", tau=0.0).build(Annotations(tasks, {"affect": values}))
