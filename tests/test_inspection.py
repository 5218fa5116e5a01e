import numpy as np
import pytest
import torch

from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.inspection import (
    inspect_labels,
    inspect_warnings,
    row_sums,
    signs,
    swept_statistic,
    tau_sweep,
    threshold_of,
)
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

TASKS = TaskSet([Categorical("mood", ["calm", "glad"]), Dimensional("affect", ["valence", "arousal"])])
STATISTIC = np.array([[1, 0.9, 0.3, 0], [0.9, 1, -0.5, 0.05], [0.3, -0.5, 1, 0.8], [0, 0.05, 0.8, 1.0]])


@pytest.mark.filterwarnings("ignore")
def test_the_recipe_by_hand():
    graph = GraphRecipe(convention="emotion-gcn-paper", tau=0.2, p=0.5, embeddings="one-hot").finish(
        LabelGraph.from_dense(STATISTIC, TASKS)
    )
    wanted = [[0.5, 0, 0.5, 0], [0, 0.5, 0.5, 0], [0.25, 0.25, 0.5, 0], [0, 0, 0, 1]]
    assert graph.adjacency().tolist() == wanted  # classes x dimensions alone; arousal keeps itself
    assert torch.equal(graph.x, torch.eye(4))
    assert graph.history["convention"] == "emotion-gcn-paper"
    rows = {row.label: row for row in inspect_labels(graph)}
    assert rows["valence"].neighbours == 2
    assert rows["valence"].self_share == 0.5
    assert rows["valence"].in_neighbours == (("glad", 0.25), ("calm", 0.25))  # |-.5| before .3
    assert rows["arousal"].self_share == 1
    assert row_sums(graph).tolist() == [1, 1, 1, 1]
    assert inspect_warnings(graph) == ["1 isolated label(s), without any edge to or from another: arousal"]


def test_warnings_name_what_is_odd():
    odd = LabelGraph.from_dense([[0, 0.5, 0], [0, 0, 0], [0, 0, 0]], ["a", "b", "c"])
    found = "\n".join(inspect_warnings(odd))
    assert "1 isolated label(s), without any edge to or from another: c" in found
    assert "1 label(s) without in-neighbours: b" in found
    assert "2 label(s) without any edge or self-loop: b, c" in found
    assert "3 row(s) do not sum to one (absolute sums): a, b, c" in found
    assert "nearly empty: 1 directed edges between 3 labels" in found
    odd.edge_weight[0] = float("nan")
    assert "NaN" in inspect_warnings(odd)[0]
    signed = LabelGraph.from_dense([[0, -1.0], [1.0, 0]], ["a", "b"])
    assert inspect_warnings(signed) == []  # absolute row sums are one


def test_tau_sweep_is_a_slow_count():
    statistic = np.random.default_rng(0).uniform(-1, 1, (6, 6))
    taus = np.array([0, 0.2, 0.5, 0.9])
    edges, isolated = tau_sweep(statistic, taus)
    for k, tau in enumerate(taus):
        kept = [[i != j and abs(statistic[i, j]) >= tau for j in range(6)] for i in range(6)]
        assert edges[k] == sum(map(sum, kept))
        assert isolated[k] == sum(not any(row) for row in kept)


@pytest.mark.filterwarnings("ignore")
def test_only_the_kept_blocks_are_swept():
    graph = GraphRecipe(convention="emotion-gcn-paper", tau=0.2).finish(LabelGraph.from_dense(STATISTIC, TASKS))
    swept = swept_statistic(graph)
    assert swept[0, 2] == 0.3
    assert swept[0, 1] == swept[2, 3] == 0


def test_signs_are_counted_and_equal_weights_come_in_the_order_of_the_statistic():
    graph = GraphRecipe(convention="signed", tau=0.2).finish(LabelGraph.from_dense(STATISTIC, TASKS))
    rows = {row.label: row for row in inspect_labels(graph)}
    assert rows["glad"].in_neighbours == (("calm", 0.25), ("valence", -0.25))
    assert [name for name, _ in rows["valence"].in_neighbours] == ["arousal", "glad", "calm"]  # .8, -.5, .3
    assert [rows[label].negative for label in TASKS.labels] == [0, 1, 1, 0]
    assert signs(graph) == (6, 2)


def test_the_threshold_of_a_graph():
    raw = LabelGraph.from_dense(STATISTIC, TASKS)
    assert threshold_of(raw) is None
    assert threshold_of(GraphRecipe(convention="signed", tau=0.25).finish(raw)) == 0.25
