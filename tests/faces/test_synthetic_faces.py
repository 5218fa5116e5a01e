from importlib import resources

import numpy as np
import pytest
from scipy.stats import spearmanr

from gcnlabel.errors import InputError
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS, synthetic_faces
from gcnlabel.faces.synthetic.population import FREQUENCY, draw_population, quotas
from gcnlabel.graph import GraphRecipe, read_matrix


def test_the_same_seed_draws_the_same_faces_and_others_others():
    images, annotations = synthetic_faces(30, seed=1)
    again, _ = synthetic_faces(30, seed=1)
    assert (images.shape, images.dtype) == ((30, 1, 64, 64), np.uint8)
    assert (images == again).all()
    for other in (synthetic_faces(30, seed=2), synthetic_faces(30, seed=1, split="test")):
        assert (other[0] != images).any()
    affect = annotations.targets["affect"]
    assert np.abs(affect).max() <= 1
    assert (annotations.split == "train").all()
    assert len({image.tobytes() for image in images}) == 30


@pytest.mark.parametrize("n", [1, 7, 100, 4001])
def test_class_frequencies_are_affectnets(n):
    counts = quotas(n)
    assert counts.sum() == n
    assert np.abs(counts - n * FREQUENCY / FREQUENCY.sum()).max() < 1


@pytest.mark.parametrize("seed", range(5))
def test_the_label_graph_is_affectnets(seed):
    """The 24 directed edges of the published statistic at tau 0.1, for any seed of the demo's size."""
    path = resources.files("gcnlabel") / "resources" / "affectnet_spearman.csv"
    labels, published = read_matrix(str(path))
    order = [list(labels).index(label) for label in SYNTHETIC_TASKS.labels]
    wanted = np.abs(np.asarray(published)[np.ix_(order, order)])
    people = draw_population(4000, np.random.default_rng([seed, 0]))
    found = np.array(
        [[spearmanr(people.expression == i, people.affect[:, d]).statistic for d in range(2)] for i in range(7)]
    )
    assert ((np.abs(found) >= 0.1) == (wanted[:7, 7:] >= 0.1)).all()
    assert np.abs(np.abs(found) - wanted[:7, 7:]).max() < 0.08


def test_measured_on_images_drawn_the_graph_has_24_edges():
    _, annotations = synthetic_faces(4000)
    graph = GraphRecipe(convention="emotion-gcn-paper").finish(
        GraphRecipe(convention="emotion-gcn-paper").measure(annotations, SYNTHETIC_TASKS)
    )
    assert int((graph.edge_index[0] != graph.edge_index[1]).sum()) == 24


def test_bad_requests_are_named():
    with pytest.raises(InputError, match="0 faces"):
        synthetic_faces(0)
    with pytest.raises(InputError, match="unknown split 'dev'"):
        synthetic_faces(5, split="dev")
