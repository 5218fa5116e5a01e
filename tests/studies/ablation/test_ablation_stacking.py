import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from gcnlabel.ccc import ccc
from gcnlabel.studies.ablation.stacking import PENALTIES, ridge_weights, stack
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        MultiLabel("tags", ["a", "b"]),
        Dimensional("affect", ["valence", "arousal"]),
        Categorical("mood", ["x", "y", "z"]),
    ]
)
SIZES = {"train": 30, "val": 20, "test": 12}


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.sampled_from(PENALTIES), st.integers(0, 100))
def test_ridge_is_scikit_learns(samples, columns, penalty, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(3, 2, (samples, columns)), rng.normal(-1, 2, samples)
    weights, offset = ridge_weights(x, y, penalty)
    reference = Ridge(alpha=penalty).fit(x, y)
    np.testing.assert_allclose(weights, reference.coef_, rtol=1e-6, atol=1e-9)
    assert offset == pytest.approx(reference.intercept_, rel=1e-6, abs=1e-9)


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    causes = {part: rng.normal(size=(n, 2)) for part, n in SIZES.items()}
    mixes = {"tags": rng.normal(size=(2, 2)), "mood": rng.normal(size=(2, 3)), "affect": rng.normal(size=(2, 2))}
    scores = {
        part: {k: torch.tensor(c @ m + 0.3 * rng.normal(size=(len(c), m.shape[1]))).float() for k, m in mixes.items()}
        for part, c in causes.items()
    }
    targets = {
        part: {"affect": torch.tensor(causes[part] @ [[1.0, 0.3], [-0.5, 1]]).float()} for part in ("train", "val")
    }
    targets["train"]["affect"][::3, 0] = np.nan
    targets["val"]["affect"][1::4, 1] = np.nan
    return scores, targets


def on_scale(by, of_train, y):
    """What brings predictions to the scale of the targets that they were fitted to."""
    slope = {
        None: 1,
        "moments": y.std() / of_train.std(),
        "regression": np.corrcoef(of_train, y)[0, 1] * y.std() / of_train.std(),
    }[by]
    return lambda x: y.mean() + slope * (x - of_train.mean())


@pytest.mark.parametrize("by", [None, "moments", "regression"])
@pytest.mark.parametrize("at", [0, 1988])
def test_dimensions_come_from_the_ridge_regression_that_is_best_on_val(by, at):
    scores, targets = drawn()
    for of_part in targets.values():
        of_part["affect"] += at
    on_val, found = stack(TASKS, scores, targets, {} if by is None else {"affect": by})
    x = {part: np.hstack([of["tags"].numpy(), of["mood"].numpy()]).astype(float) for part, of in scores.items()}
    for d in range(2):
        y, wanted = targets["train"]["affect"][:, d].numpy(), []
        seen = ~np.isnan(y)
        for penalty in PENALTIES:
            ridge = Ridge(alpha=penalty).fit(x["train"][seen], y[seen])
            moved = on_scale(by, ridge.predict(x["train"][seen]), y[seen].astype(float))
            of_val = moved(ridge.predict(x["val"]))
            value = float(ccc(torch.from_numpy(of_val)[:, None], targets["val"]["affect"][:, [d]].double()))
            wanted.append((value, of_val, moved(ridge.predict(x["test"]))))
        _, of_val, of_test = max(wanted, key=lambda triple: triple[0])
        np.testing.assert_allclose(on_val["affect"][:, d], of_val, atol=1e-5 + 1e-6 * at)
        np.testing.assert_allclose(found["affect"][:, d], of_test, atol=1e-5 + 1e-6 * at)
    assert torch.equal(found["tags"], scores["test"]["tags"])
    assert torch.equal(on_val["mood"], scores["val"]["mood"])
    assert torch.equal(found["mood"], scores["test"]["mood"])


def test_scores_of_dimensions_are_neither_used_nor_changed():
    scores, targets = drawn()
    first = stack(TASKS, scores, targets, {})[1]
    kept = scores["test"]["affect"].clone()
    for of_part in scores.values():
        of_part["affect"] = torch.full_like(of_part["affect"], torch.nan)
    assert torch.equal(stack(TASKS, scores, targets, {})[1]["affect"], first["affect"])
    assert not torch.equal(kept, first["affect"])


def test_dimensions_that_nobody_annotated():
    scores, targets = drawn()
    targets["train"]["affect"][:, 0] = torch.nan
    targets["train"]["affect"][1:, 1] = torch.nan
    found = stack(TASKS, scores, targets, {})[1]["affect"]
    assert (found[:, 0] == 0).all()
    torch.testing.assert_close(found[:, 1], targets["train"]["affect"][0, 1].expand(12))


def test_without_a_val_part_to_choose_by_the_strongest_penalty_is_safe():
    scores, targets = drawn()
    targets["val"]["affect"][:] = torch.nan
    found = stack(TASKS, scores, targets, {})[1]["affect"]
    assert torch.isfinite(found).all()
