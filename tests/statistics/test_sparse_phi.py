"""Phi of very many tags, against the whole matrix."""

import numpy as np
import pytest
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.errors import UndefinedStatisticWarning
from gcnlabel.statistics import Phi, Spearman
from gcnlabel.statistics.phi import NEGLIGIBLE
from gcnlabel.tasks import MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", [f"t{i}" for i in range(40)]), MultiLabel("more", [f"m{i}" for i in range(9)])])


def annotated(samples=400, constant=()):
    """Some tags are common, most are rare."""
    rng = np.random.default_rng(0)
    found = {}
    for task in TASKS:
        shares = 0.5 / np.arange(1, len(task) + 1) ** 1.3
        found[task.name] = (rng.random((samples, len(task))) < shares).astype(np.float32)
        found[task.name][range(len(task)), range(len(task))] = 1
    found["tags"][:, list(constant)] = 0
    return Annotations(TASKS, {name: sparse.csr_matrix(tags) for name, tags in found.items()})


@pytest.mark.parametrize("kind", [Phi, Spearman])
@pytest.mark.parametrize("pair", [("tags", "tags"), ("tags", "more"), ("more", "tags")])
def test_only_what_is_negligible_is_left_out(kind, pair):
    annotations = annotated()
    statistic = kind(TASKS, *pair).update(annotations)
    whole, found = statistic.compute(), statistic.compute_sparse().toarray()
    tags = [annotations.targets[name].toarray() for name in pair]
    together = tags[0].T @ tags[1] > 0
    kept = together | (np.abs(whole) >= NEGLIGIBLE)
    np.testing.assert_allclose(found, np.where(kept, whole, 0), atol=1e-12)
    assert (~together & (found < 0)).any()
    assert 0 < (found == 0).sum() == (~kept).sum()


def test_tags_that_do_not_vary_are_named():
    statistic = Phi(TASKS, "tags", "tags").update(annotated(constant=[3]))
    with pytest.warns(UndefinedStatisticWarning, match="of t3 "):
        found = statistic.compute_sparse().toarray()
    assert (found[3] == 0).all()
    assert (found[:, 3] == 0).all()
