"""Texts that are no classes: tags in one cell, identifiers."""

import warnings

import numpy as np
import pandas as pd
import pytest

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor
from gcnlabel.estimators.inferred import inferred_tasks
from gcnlabel.estimators.texts import refuse_identifiers, separator_of

FAST = {"head": "linear", "max_iter": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["a;b", "b;a", "a"], ";"),
        (["a|b|c", "c|a", "b", "a"], "|"),
        (["a, b", "b, a", "a"], ","),
        (["Paris, France", "Bonn, Germany"], None),  # as many texts, split or not
        (["a", "b"], None),
        ([1, 2], None),
    ],
)
def test_separators_are_seen_by_what_they_separate(values, mark):
    assert separator_of(values) == mark


def test_a_classifier_says_that_its_classes_seem_to_be_tags():
    X, y = np.arange(24.0)[:, None], pd.Series(["cat;dog", "cat", "dog", "dog;cat"] * 6)
    with pytest.warns(GcnlabelWarning, match=r"4 classes are learned; if ';' separates tags.*y\.str\.split\(';'\)"):
        LabelGraphClassifier(**FAST).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", GcnlabelWarning)
        found = LabelGraphClassifier(**FAST).fit(X, y.str.split(";"))
    assert found.classes_.tolist() == ["cat", "dog"]


def test_an_estimator_says_it_of_the_column():
    frame = pd.DataFrame({"a": ["cat;dog", "cat", "dog"], "b": ["x", "y", "x"]})
    assert inferred_tasks(frame).hint == "; if ';' separates tags, give lists: y['a'].str.split(';')"


def test_identifiers_are_refused_and_few_samples_are_not():
    frame = pd.DataFrame({"title": [f"film {i}" for i in range(21)], "drama": [0, 1, 0] * 7})
    with pytest.raises(
        InputError, match=r"'title' has a different text in each of its 21(.|\n)*drop\(columns='title'\)"
    ):
        inferred_tasks(frame)
    assert len(inferred_tasks(frame[:20]).tasks["title"].labels) == 20
    refuse_identifiers("mood", ["sad"] * 2 + [str(i) for i in range(30)])


@pytest.mark.parametrize("make", [LabelGraphClassifier, LabelGraphRegressor, LabelGraphEstimator])
def test_two_columns_of_one_name_are_refused(make):
    frame = pd.DataFrame([[0, 1], [1, 0], [1, 1]] * 4, columns=["a", "a"])
    with pytest.raises(InputError, match=r"duplicate column: a\n.*y\n.*rename them"):
        make(**FAST).fit(np.eye(12), frame)
