import numpy as np
import pytest
from scipy.stats import zscore
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_similarity

from gcnlabel.studies.zero_shot import Evidence, Rule, ridge_scores, text_similarity
from gcnlabel.studies.zero_shot.rules import ANNOTATIONS, SCORES, rules

SIZES = {"train": 60, "val": 9, "test": 7}


def evidence(**changes):
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(4, 4)) * [[1], [5], [0.2], [2]]
    given = {
        "propagated": {split: rng.normal(3, 2, size=n) for split, n in SIZES.items()},
        "others": {split: rng.normal(size=(n, 4)) @ mixed + 5 for split, n in SIZES.items()},
        "correlation": np.array([0.5, -0.2, 0.1, 0.3]),
        "between": np.corrcoef(rng.normal(size=(4, 50))),
        "text": {split: rng.normal(0.1, 0.01, size=n) for split, n in SIZES.items()},
    }
    return Evidence(**{**given, **changes})


def test_ridge_of_scores_is_ridge_on_the_samples():
    """Where the correlations are those of a target of the training samples, it is scikit-learn's ridge regression."""
    known = evidence()
    z = zscore(known.others["train"])
    target = zscore(z @ [0.3, -0.1, 2, 0] + np.random.default_rng(1).normal(size=60))
    ridge = Ridge(alpha=60 * 0.5, fit_intercept=False).fit(z, target)
    found = ridge_scores(evidence(correlation=z.T @ target / 60), 0.5, SCORES)
    np.testing.assert_allclose(found["train"], ridge.predict(z), rtol=1e-9)


def test_ridge_of_annotations_by_its_formula():
    known = evidence(correlation=np.array([0.5, np.nan, 0.1, 0.3]))
    weights = np.linalg.solve(known.between + 0.2 * np.eye(4), [0.5, 0, 0.1, 0.3])
    train = known.others["train"]
    wanted = (known.others["test"] - train.mean(0)) / train.std(0) @ weights
    np.testing.assert_allclose(ridge_scores(known, 0.2, ANNOTATIONS)["test"], wanted, rtol=1e-9)


def test_a_sum_weighs_standardised_parts():
    known = evidence()

    def z(of, split):
        return (of[split] - of["train"].mean()) / of["train"].std()

    ridge = ridge_scores(known, 2.0, SCORES)
    both = {split: z(known.propagated, split) + z(ridge, split) for split in SIZES}
    wanted = z(both, "test") + 0.25 * z(known.text, "test")
    np.testing.assert_allclose(Rule(True, 2.0, SCORES, 0.25).scores(known)["test"], wanted, rtol=1e-9)
    np.testing.assert_allclose(Rule(propagation=True).scores(known)["val"], z(known.propagated, "val"), rtol=1e-9)
    np.testing.assert_allclose(Rule(text=1.0).scores(known)["val"], z(known.text, "val"), rtol=1e-9)


def test_text_similarity_leaves_out_what_all_texts_and_names_share():
    rng = np.random.default_rng(0)
    inputs = {split: rng.normal([9, 0, 0], size=(n, 3)) for split, n in SIZES.items()}
    names = np.array([[5.0, 1, 0], [7, 0, 2], [6, -1, -1], [0, 0, 0]])  # the last has no vector
    unit = names[:3] / np.linalg.norm(names[:3], axis=1, keepdims=True)
    wanted = cosine_similarity(inputs["val"] - inputs["train"].mean(0), [unit[1] - unit.mean(0)])[:, 0]
    np.testing.assert_allclose(text_similarity(inputs, names, 1)["val"], wanted)
    assert text_similarity(inputs, names, 3)["val"].tolist() == [0] * 9


def test_what_says_nothing_stays_finite():
    one = {split: np.ones(n) for split, n in SIZES.items()}
    flat = {split: np.ones((n, 4)) for split, n in SIZES.items()}
    indefinite = np.array([[1, 0.9, -0.9, 0], [0.9, 1, 0.9, 0], [-0.9, 0.9, 1, 0], [0, 0, 0, np.nan]])
    odd = evidence(propagated=one, others=flat, text=one, between=indefinite)
    assert all(np.isfinite(rule.scores(odd)["test"]).all() for rule in rules(text=True))


def test_negative_eigenvalues_do_not_stand_against_the_penalty():
    """(K + penalty I) has an eigenvalue of -.01 here, unless those below 0 are left out: |w| <= |r| / penalty."""
    indefinite = np.array([[1, 0.9, -0.9, 0], [0.9, 1, 0.9, 0], [-0.9, 0.9, 1, 0], [0, 0, 0, 1]])
    known = evidence(between=indefinite)
    scores = ridge_scores(known, 0.79, ANNOTATIONS)["train"]
    weights = np.linalg.lstsq(zscore(known.others["train"]), scores, rcond=None)[0]
    assert np.linalg.norm(weights) <= np.linalg.norm(known.correlation) / 0.79


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule(propagation=True), "label graph"),
        (Rule(text=1.0), "text similarity"),
        (Rule(penalty=0.5), "ridge over correlations (penalty 0.5, of scores)"),
        (
            Rule(True, 2.0, ANNOTATIONS, 0.25),
            "label graph + ridge over correlations (penalty 2, of annotations) + 0.25 x text similarity",
        ),
    ],
)
def test_a_rule_says_what_it_is(rule, text):
    assert str(rule) == text


def test_without_words_no_rule_has_text():
    assert {rule.family for rule in rules(text=False)} == {
        "label graph",
        "ridge over correlations",
        "label graph + ridge over correlations",
    }
    assert len({rule.family for rule in rules(text=True)}) == 7
    assert next(rules(text=True)) == Rule(propagation=True)
