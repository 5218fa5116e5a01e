"""The named conventions, against the published statistics and the published formulas."""

import csv
from importlib.resources import files

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.transforms import CONVENTIONS

EMOTIONS = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
AFFECTNET = TaskSet([Categorical("expression", EMOTIONS), Dimensional("affect", ("valence", "arousal"))])

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")


def numbers(path):
    """Column names and rows of a published table, without its first column."""
    with path.open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header[1:], np.array([[float(value) for value in row[1:]] for row in rows])


def affectnet():
    names, matrix = numbers(files("gcnlabel") / "resources" / "affectnet_spearman.csv")
    assert tuple(names) == AFFECTNET.labels
    return matrix


def co_occurrence(shared_data, name):
    """Names of the tags and P(j | i)."""
    names, table = numbers(shared_data / "label_statistics" / f"{name}_cooccurrence.csv")
    return names[1:], table[:, 1:] / table[:, :1]


def tags(names):
    return TaskSet([MultiLabel("tags", tuple(names))])


def propagation(matrix, tasks, name, **options):
    graph = LabelGraph.from_dense(matrix, tasks, dtype=torch.float64)
    return CONVENTIONS.make(name).transform(tasks, **options)(graph).adjacency().numpy()


def off_diagonal(a):
    return a - np.diag(np.diag(a))


def published_normalisation(a):
    """D^-1/2 Aᵀ D^-1/2, D the row sums."""
    d = np.diag(a.sum(1) ** -0.5)
    return d @ a.T @ d


def test_affectnet_as_in_the_paper():
    a = propagation(affectnet(), AFFECTNET, "emotion-gcn-paper")
    neighbours = (off_diagonal(a) != 0).sum(1)
    assert neighbours.tolist() == [2, 1, 2, 1, 2, 2, 2, 6, 6]  # 24 edges
    at = {(i, j): a[AFFECTNET.index(i), AFFECTNET.index(j)] for i in AFFECTNET.labels for j in AFFECTNET.labels}
    assert at["neutral", "valence"] == pytest.approx(0.35, abs=1e-15)
    assert at["happy", "valence"] == pytest.approx(0.7, abs=1e-15)
    assert at["valence", "happy"] == pytest.approx(0.7 / 6, abs=1e-15)
    assert at["surprise", "arousal"] == pytest.approx(0.7, abs=1e-15)
    for pair in (("happy", "arousal"), ("surprise", "valence"), ("valence", "arousal"), ("neutral", "happy")):
        assert at[pair] == at[pair[::-1]] == 0
    np.testing.assert_allclose(np.diag(a), 0.3, rtol=1e-14)
    np.testing.assert_allclose(a.sum(1), 1, rtol=1e-14)


def test_affectnet_as_in_the_code():
    a = propagation(affectnet(), AFFECTNET, "emotion-gcn-code")
    expected = [2 / 3, 7 / 12, 2 / 3, 7 / 12, 2 / 3, 2 / 3, 2 / 3, 2.25, 2.25]  # 1/2 + 1/12 a dimension; 1/2 + 7/4
    np.testing.assert_allclose(a.sum(1), expected, rtol=1e-12)
    plain = propagation(affectnet(), AFFECTNET, "emotion-gcn-paper", p=0.5)
    np.testing.assert_allclose(a, published_normalisation(plain), rtol=1e-12)
    np.testing.assert_allclose(a, plain.T, rtol=1e-12)  # the rows sum to 1: just the transpose


def released_emotion_gcn(statistic, classes, tau=0.1):
    """The released code on a statistic: class-class pairs alone are zeroed; those among dimensions stay."""
    a = np.abs(statistic)
    a[:classes, :classes] = 0
    np.fill_diagonal(a, 0)
    a = (a >= tau).astype(float)
    a = a * 0.5 / (a.sum(1, keepdims=True) + 1e-300) + 0.5 * np.eye(len(a))
    return published_normalisation(a)


@pytest.mark.parametrize("valence_arousal", [0.2, -0.4])
def test_the_released_code_keeps_edges_among_dimensions(valence_arousal):
    matrix = affectnet()
    matrix[7, 8] = matrix[8, 7] = valence_arousal
    a = propagation(matrix, AFFECTNET, "emotion-gcn-code")
    np.testing.assert_allclose(a, released_emotion_gcn(matrix, 7), rtol=1e-12, atol=1e-15)
    assert a[7, 8] == pytest.approx(0.5 / 7)
    apart = propagation(matrix, AFFECTNET, "emotion-gcn-code", pairs=[("expression", "affect")])
    assert apart[7, 8] == 0
    paper = propagation(matrix, AFFECTNET, "emotion-gcn-paper")
    assert paper[7, 8] == paper[8, 7] == 0  # Eq. 3


def test_the_released_code_with_several_tasks_of_each_kind():
    """Edges between two dimensional tasks stay, between tags and classes they go."""
    tasks = TaskSet(
        [
            Dimensional("affect", ("valence", "arousal")),
            Categorical("mood", ("calm", "glad")),
            MultiLabel("tags", ("cat", "dog")),
            Dimensional("age", ("years",)),
        ]
    )
    rng = np.random.default_rng(0)
    matrix = rng.uniform(0.2, 1, (7, 7)) * rng.choice([-1, 1], (7, 7))
    matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
    a = propagation(matrix, tasks, "emotion-gcn-code")
    order = [2, 3, 4, 5, 0, 1, 6]  # classes and tags first
    np.testing.assert_allclose(a[np.ix_(order, order)], released_emotion_gcn(matrix[np.ix_(order, order)], 4))


def test_the_graph_of_the_released_code_is_measured_with_its_dimensions():
    """Valence and arousal are compared too when the graph comes from annotations."""
    rng = np.random.default_rng(0)
    affect = rng.normal(size=(200, 2))
    affect[:, 1] += 2 * affect[:, 0]
    codes = (affect[:, 0] > 0).astype(np.int64)
    tasks = TaskSet([Categorical("mood", ("sad", "happy")), Dimensional("affect", ("valence", "arousal"))])
    annotations = Annotations(tasks, {"mood": codes, "affect": affect})
    raw = GraphRecipe(statistic=CONVENTIONS.make("emotion-gcn-code").statistic).measure(annotations, tasks)
    assert raw.statistic[2, 3] == pytest.approx(spearmanr(affect[:, 0], affect[:, 1]).statistic)
    a = GraphRecipe(convention="emotion-gcn-code").finish(raw).adjacency().numpy()
    np.testing.assert_allclose(a, released_emotion_gcn(raw.statistic.numpy().copy(), 2), rtol=1e-6)
    assert a[2, 3] > 0


@pytest.mark.parametrize(
    ("name", "edges", "listening", "receiving", "total", "trace"),
    [("coco2014", 111, 65, 23, 80.247119, 75.464715), ("voc2007", 6, 5, 2, 20.037052, 19.578755)],
)
def test_co_occurrence_graphs(shared_data, name, edges, listening, receiving, total, trace):
    labels, conditional = co_occurrence(shared_data, name)
    paper = propagation(conditional, tags(labels), "ml-gcn-paper")
    neighbours = off_diagonal(paper) != 0
    assert (neighbours.sum(), neighbours.any(1).sum()) == (edges, listening)
    np.testing.assert_allclose(paper.sum(1), 1, rtol=1e-14)
    np.testing.assert_allclose(np.diag(paper), np.where(neighbours.any(1), 0.8, 1), rtol=1e-14)
    code = propagation(conditional, tags(labels), "ml-gcn-code")
    assert (off_diagonal(code) != 0).any(1).sum() == receiving
    assert code.sum() == pytest.approx(total, abs=5e-7)
    assert np.trace(code) == pytest.approx(trace, abs=5e-7)


def test_ml_gcn_code_is_the_published_formula():
    rng = np.random.default_rng(0)
    conditional = off_diagonal(rng.random((12, 12)))
    binary = (conditional >= 0.7).astype(float)
    published = published_normalisation(binary * 0.25 / (binary.sum(0, keepdims=True) + 1e-6) + np.eye(12))
    a = propagation(conditional, tags("abcdefghijkl"), "ml-gcn-code", tau=0.7)
    np.testing.assert_allclose(a, published, rtol=1e-13)


def test_published_numbers_can_be_replaced():
    a = propagation(affectnet(), AFFECTNET, "emotion-gcn-paper", tau=0.5, p=0.2)
    assert (off_diagonal(a) != 0).sum() == 2  # happy and valence listen to each other
    assert a[1, 7] == pytest.approx(0.2)
    everything = propagation(
        affectnet(), AFFECTNET, "emotion-gcn-paper", pairs=[("expression", "expression"), ("expression", "affect")]
    )
    assert everything[0, 1] != 0


def test_there_are_four_published_ones_and_ours():
    numbers = {
        "emotion-gcn-paper": (0.1, 0.7),
        "emotion-gcn-code": (0.1, 0.5),
        "ml-gcn-paper": (0.4, 0.2),
        "ml-gcn-code": (0.4, 0.25),
        "signed": (0.1, 0.5),
        "signed-weighted": (0.1, 0.5),
        "unsigned": (0.1, 0.5),
        "unsigned-weighted": (0.1, 0.5),
    }
    made = {name: CONVENTIONS.make(name) for name in CONVENTIONS.names()}
    assert {name: (c.tau, c.p) for name, c in made.items()} == numbers


SOURCE = """
from gcnlabel.transforms import TopK
from gcnlabel.transforms.conventions import Convention


def strongest(*, k: int = 1):
    return Convention(tau=0.1, p=0.5, neighbours=lambda tau: [TopK(k)], statistic="spearman")


def none():
    return None
"""


def test_a_convention_of_ones_own(tmp_path, monkeypatch):
    (tmp_path / "own_conventions.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    raw = LabelGraph.from_dense(affectnet(), AFFECTNET)
    for given, k in (("own_conventions:strongest", 1), ({"name": "own_conventions:strongest", "k": 3}, 3)):
        graph = GraphRecipe(convention=given).finish(raw)
        assert (off_diagonal(graph.adjacency().numpy()) != 0).sum(1).max() == k
        assert graph.history["convention"] == f"own_conventions:strongest:{k}"
    with pytest.raises(InputError, match="makes a NoneType"):
        GraphRecipe(convention="own_conventions:none").finish(raw)


def test_unknown_convention():
    with pytest.raises(
        InputError, match=r"unknown convention 'ml-gcn'\n  expected: emotion-gcn-code \| (.|\n)*ml-gcn-"
    ):
        CONVENTIONS.make("ml-gcn")


def test_tasks_that_a_convention_does_not_connect():
    with pytest.raises(InputError, match=r"'ml-gcn-paper' connects no pair of tasks(.|\n)*name the pairs"):
        GraphRecipe(convention="ml-gcn-paper").finish(LabelGraph.from_dense(affectnet(), AFFECTNET))
    with pytest.raises(InputError, match="unknown task 'tags'"):
        CONVENTIONS.make("ml-gcn-paper").transform(AFFECTNET, pairs=[("tags", "tags")])(
            LabelGraph.from_dense(affectnet(), AFFECTNET)
        )


@pytest.mark.parametrize("name", CONVENTIONS.names())
def test_a_threshold_that_isolates_every_label(name):
    tasks = TaskSet([MultiLabel("tags", ("a", "b")), Dimensional("affect", ("v",))])
    graph = LabelGraph.from_dense([[0, 0.3, 0.3], [0.3, 0, 0.3], [0.3, 0.3, 0]], tasks)
    with pytest.raises(InputError, match=r"no label has a neighbour: all 3 are isolated"):
        CONVENTIONS.make(name).transform(tasks, tau=0.9)(graph)


@pytest.mark.parametrize("options", [{"tau": 1.5}, {"p": -1}, {"tau": float("nan")}, {"p": float("nan")}])
def test_tau_and_p_of_a_convention_lie_between_0_and_1(options):
    with pytest.raises(InputError, match=r"expected: a number in \[0, 1\]"):
        CONVENTIONS.make("emotion-gcn-paper").transform(AFFECTNET, **options)


def test_signed_keeps_the_signs_of_all_pairs():
    """Worked by hand: -.5 and .2 are neighbours, .05 is not."""
    tasks = TaskSet([Categorical("mood", ("sad", "happy")), Dimensional("affect", ("valence",))])
    matrix = [[1, -0.5, -0.4], [-0.5, 1, 0.05], [-0.4, 0.05, 1]]
    a = propagation(matrix, tasks, "signed")
    expected = [[0.5, -0.25, -0.25], [-0.5, 0.5, 0], [-0.5, 0, 0.5]]
    np.testing.assert_allclose(a, expected, atol=1e-12)


def test_signed_weighted_keeps_sizes_too():
    """Worked by hand: the row of sad has the absolute sum .8, so its shares of p = .8 are -1/4 and 3/4."""
    tasks = TaskSet([Categorical("mood", ("sad", "happy")), Dimensional("affect", ("valence",))])
    matrix = [[1, -0.2, 0.6], [-0.2, 1, 0.05], [0.6, 0.05, 1]]
    a = propagation(matrix, tasks, "signed-weighted", p=0.8)
    np.testing.assert_allclose(a, [[0.2, -0.2, 0.6], [-0.8, 0.2, 0], [0.8, 0, 0.2]], atol=1e-12)


def test_a_row_whose_signs_cancel_stays_finite():
    tasks = TaskSet([Categorical("mood", ("sad", "happy")), Dimensional("affect", ("valence",))])
    matrix = [[1, 0.4, -0.4], [0.4, 1, 0], [-0.4, 0, 1]]
    for name in ("signed", "signed-weighted"):
        assert propagation(matrix, tasks, name)[0].tolist() == [0.5, 0.25, -0.25]


def test_signed_affectnet_points_away_from_what_is_unpleasant():
    a = propagation(affectnet(), AFFECTNET, "signed")
    np.testing.assert_allclose(np.abs(a).sum(1), 1)
    valence = dict(zip(EMOTIONS, np.sign(a[7, :7]), strict=True))
    assert valence["happy"] > 0
    assert valence["sad"] == valence["anger"] == valence["disgust"] == -1
