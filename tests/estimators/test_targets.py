"""Targets as people have them: words, lists of tags, weights, sparse features, frames without declared tasks."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor
from gcnlabel.estimators.inferred import inferred_tasks
from gcnlabel.estimators.labels import listed_target, tag_lists, tag_table
from gcnlabel.estimators.layouts import layout_of
from gcnlabel.estimators.weights import copies
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel

pytestmark = pytest.mark.filterwarnings("ignore")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 5))
Y = (X[:, :3] + RNG.normal(size=(80, 3)) * 0.2 > 0).astype(int)
NAMES = list("abc")
FAST = {"max_iter": 5, "random_state": 0}


@pytest.fixture(scope="module")
def plain():
    return LabelGraphClassifier(**FAST).fit(X, Y)


def words(no, yes):
    return np.where(Y, yes, no)


FORMS = {
    "TRUE / FALSE frame": pd.DataFrame(words("FALSE", "TRUE"), columns=NAMES),
    "categories": pd.DataFrame(words("FALSE", "TRUE"), columns=NAMES).astype("category"),
    "yes / no": pd.DataFrame(words("no", "Yes"), columns=NAMES),
    "polars y / n": pl.DataFrame(words("n", "y").tolist(), schema=NAMES, orient="row"),
    "polars bool": pl.DataFrame(Y.astype(bool).tolist(), schema=NAMES, orient="row"),
    "array of words": words("absent", "present"),
    "list of words": words("f", "t").tolist(),
    "texts of numbers": words("0.0", "1.000000"),
    "-1 / 1": 2 * Y - 1,
    "-1.0 / 1.0": (2.0 * Y - 1).tolist(),
    "bools": Y.astype(bool),
    "objects": Y.astype(object),
    "objects of bools": Y.astype(bool).astype(object),
    "sparse": sparse.lil_matrix(Y),
}


@pytest.mark.parametrize("name", FORMS)
def test_tags_say_the_same_in_every_form(name, plain):
    model = LabelGraphClassifier(**FAST).fit(X, FORMS[name])
    np.testing.assert_allclose(model.predict_proba(X), plain.predict_proba(X))
    assert model.score(X, FORMS[name]) == plain.score(X, Y)
    if hasattr(FORMS[name], "columns"):
        assert model.classes_.tolist() == NAMES


LISTS = [[tag for tag, there in zip(NAMES, row, strict=True) if there] for row in Y]


@pytest.mark.parametrize(
    "y",
    [
        LISTS,
        [set(row) for row in LISTS],
        [tuple(row) for row in LISTS],
        pd.Series(LISTS),
        pd.DataFrame({"tags": LISTS}),
        pl.Series(LISTS),
        pl.DataFrame({"tags": LISTS}),
        np.array(LISTS, dtype=object),
        [np.array(row, dtype=object) for row in LISTS],
    ],
    ids=lambda y: type(y).__name__,
)
def test_lists_of_tags(y, plain):
    model = LabelGraphClassifier(**FAST).fit(X, y)
    assert model.classes_.tolist() == NAMES
    np.testing.assert_allclose(model.predict_proba(X), plain.predict_proba(X))
    assert model.score(X, y) == plain.score(X, Y)


def test_lists_of_numbers_and_samples_without_annotation():
    rows = [[7, 10] if i % 2 else [7] for i in range(80)]
    rows[3] = None
    model = LabelGraphClassifier(**FAST).fit(X, rows)
    assert model.classes_.tolist() == [7, 10]
    with pytest.raises(InputError, match="unknown tag 8"):
        listed_target([[7], [8]], model.classes_.tolist())
    with pytest.raises(InputError, match="no sample has a tag"):
        LabelGraphClassifier(**FAST).fit(X, [[] for _ in X])


def test_what_is_a_list_of_tags():
    assert tag_lists([[0, 1], [1, 0]]) is tag_lists([["yes", "no"], ["no", "yes"]]) is tag_lists(["cat", "dog"]) is None
    assert tag_lists(Y) is tag_lists(pd.DataFrame(Y)) is tag_lists(None) is None
    assert tag_lists([["cat", "dog"], ["cat", "cow"]]) == [["cat", "dog"], ["cat", "cow"]]
    assert tag_lists([[0], [0, 1]]) == [[0], [0, 1]]
    assert tag_lists([{3}, {4}]) == [[3], [4]]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (RNG.integers(0, 3, (80, 2)), "column '0' has 0, 1, 2(.|\n)*LabelGraphEstimator"),
        (pd.DataFrame({"a": ["x", "y"] * 40, "b": ["u", "v"] * 40}), "column 'a' has x, y(.|\n)*LabelGraphEstimator"),
        (np.where(np.arange(240).reshape(80, 3) % 7, 2 * Y - 1, 0), "the meaning of -1 is ambiguous"),
        (np.full((80, 2), -1), "the meaning of -1 is ambiguous"),
        (pd.DataFrame({"a": ["yes", "maybe"] * 40, "b": ["yes", "no"] * 40}), "row 1(.|\n)*one column per tag"),
    ],
)
def test_what_is_no_tag_is_said_in_words(y, message):
    with pytest.raises(InputError, match=message):
        LabelGraphClassifier(**FAST).fit(X, y)


def test_missing_words():
    values = words("no", "yes").astype(object)
    values[0, 1], values[1, 2], values[2, 0] = None, float("nan"), pd.NA
    table = tag_table(values, NAMES)
    assert np.argwhere(np.isnan(table)).tolist() == [[0, 1], [1, 2], [2, 0]]
    assert np.array_equal(np.nan_to_num(table, nan=-9), np.where(np.isnan(table), -9, Y))


@pytest.mark.parametrize("dtype", [object, "category", "string"])
def test_classes_of_any_type(dtype):
    y = pd.Series(np.where(Y[:, 0], "happy", "sad")).astype(dtype)
    assert set(LabelGraphClassifier(**FAST).fit(X, y).predict(X)) <= {"happy", "sad"}


@pytest.mark.parametrize("values", [[3, 1], [True, False], [0.5, 2.5]])
def test_objects_that_are_numbers_are_classes(values):
    y = np.array([values[i] for i in Y[:, 0]], dtype=object)
    if isinstance(values[0], float):
        with pytest.raises(ValueError, match="Unknown label type"):
            LabelGraphClassifier(**FAST).fit(X, y)
    else:
        assert set(LabelGraphClassifier(**FAST).fit(X, y).predict(X).tolist()) <= set(values)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_array, sparse.lil_matrix])
def test_sparse_features_are_the_same_as_dense_ones(kind):
    few = np.where(np.abs(X) > 0.7, X, 0)
    tasks = {"value": {"type": "dimensional", "dims": ["v"]}}
    for model, y in (
        (LabelGraphClassifier(**FAST), Y),
        (LabelGraphClassifier(**FAST), LISTS),
        (LabelGraphRegressor(**FAST), X[:, 0]),
        (LabelGraphEstimator(tasks, **FAST), X[:, 0]),
    ):
        dense = model.fit(few, y).predict(few)
        np.testing.assert_allclose(model.fit(kind(few), y).predict(kind(few)), dense)


def test_a_sample_of_weight_0_is_not_there():
    weights = np.where(np.arange(80) < 60, 2.5, 0)
    for model, y in ((LabelGraphClassifier(**FAST), Y), (LabelGraphRegressor(**FAST), X[:, 0])):
        weighted = model.fit(X, y, sample_weight=weights).predict(X)
        np.testing.assert_allclose(weighted, model.fit(X[:60], y[:60]).predict(X))


def test_heavier_samples_win():
    """Two opinions of the same samples: the heavier one is learned."""
    twice, both = np.vstack([X, X]), np.vstack([Y, 1 - Y])
    for weight, wanted in ((20, Y), (1 / 20, 1 - Y)):
        weights = np.repeat([weight, 1.0], 80)
        model = LabelGraphClassifier(max_iter=40, random_state=0, head="linear").fit(twice, both, sample_weight=weights)
        assert (model.predict(X) == wanted).mean() > 0.8
    values = np.concatenate([np.full(80, 1.0), np.full(80, 3.0)])
    model = LabelGraphRegressor(max_iter=20, random_state=0).fit(twice, values, np.repeat([3.0, 1.0], 80))
    assert model.predict(X).mean() == pytest.approx(1.5, abs=0.2)  # (3 * 1 + 1 * 3) / 4


def test_weights_of_classes():
    rare = (X[:, 0] + RNG.normal(size=80) > 1.5).astype(int)
    plain, balanced, given = (
        LabelGraphClassifier(max_iter=20, random_state=0, head="linear", class_weight=weight).fit(X, rare)
        for weight in (None, "balanced", {0: 1.0, 1: 12.0})
    )
    assert plain.predict(X).sum() < min(balanced.predict(X).sum(), given.predict(X).sum())


def test_copies_are_in_proportion():
    assert copies(np.array([1.0, 2.0, 0.0, 3.0]), 0).tolist() == [1, 2, 0, 3]
    assert copies(np.array([0.1, 0.2, 0.3]), 0).tolist() == [1, 2, 3]
    weights = np.random.default_rng(0).random(500)
    found = copies(weights, 0)
    share = weights * 4 * 500 / weights.sum()
    assert (np.abs(found - share) < 1).all()
    assert abs(found.sum() - 2000) <= 1
    mean = np.mean([copies(weights[:5], seed) for seed in range(4000)], axis=0)
    np.testing.assert_allclose(mean, weights[:5] * 20 / weights[:5].sum(), atol=0.05)


@pytest.mark.parametrize("weights", [np.zeros(80), -np.ones(80), np.ones(3), np.full(80, np.nan)])
def test_weights_that_cannot_be(weights):
    with pytest.raises(ValueError, match=r"weight|NaN"):
        LabelGraphClassifier(**FAST).fit(X, Y, sample_weight=weights)


def frame():
    return pd.DataFrame(
        {
            "mood": np.where(Y[:, 0], "glad", "sad"),
            "grade": pd.Categorical(np.where(X[:, 1] > 0, "low", "high"), categories=["low", "high", "never"]),
            "indoor": Y[:, 1].astype(bool),
            "seen": np.where(Y[:, 2], "TRUE", "FALSE"),
            "topics": LISTS,
            "valence": X[:, 3],
        },
        index=range(100, 180),
    )


def test_tasks_that_a_frame_speaks_of():
    with pytest.warns(GcnlabelWarning, match=r"mood \(categorical\): glad, sad;.*tags \(multilabel\): indoor, seen"):
        model = LabelGraphEstimator(**FAST).fit(X, frame())
    tasks = {task.name: task for task in model.tasks_}
    assert tasks == {
        "mood": Categorical("mood", ("glad", "sad")),
        "grade": Categorical("grade", ("low", "high")),
        "topics": MultiLabel("topics", ("a", "b", "c")),
        "tags": MultiLabel("tags", ("indoor", "seen")),
        "dimensions": Dimensional("dimensions", ("valence",)),
    }
    assert set(model.predict_proba(X)) == {"mood", "grade", "topics", "tags"}


def test_predictions_stand_in_the_columns_of_the_frame():
    y = frame().drop(columns="topics")
    model = LabelGraphEstimator(max_iter=40, random_state=0, head="linear", learning_rate=0.03)
    found = model.fit(pd.DataFrame(X, index=y.index), y)
    predicted = found.predict(pd.DataFrame(X, index=y.index))
    assert set(predicted.columns) == set(y.columns)
    assert predicted.index.tolist() == y.index.tolist()
    assert (predicted["mood"] == y["mood"]).mean() > 0.8
    assert (predicted["seen"] == (y["seen"] == "TRUE")).mean() > 0.8
    assert found.score(pd.DataFrame(X, index=y.index), y) > 0.7


def test_classes_of_one_name_in_two_columns_and_numbers_as_categories():
    y = pd.DataFrame({"one": ["low", "high"] * 40, "two": ["high", "low"] * 40, "stars": [1, 5] * 40})
    model = LabelGraphEstimator(**FAST).fit(X, y.astype({"stars": "category"}))
    predicted = model.predict(X)
    assert model.tasks_["one"].labels == ("one: high", "one: low")
    assert set(predicted["one"]) | set(predicted["two"]) <= {"low", "high"}
    assert set(predicted["stars"]) <= {1, 5}


@pytest.mark.parametrize(
    ("column", "message"),
    [([1, 2, 3, 4] * 20, "integers, which may be classes or values"), ([None] * 80, "column 'it' is empty")],
)
def test_columns_that_say_nothing_of_what_they_are(column, message):
    with pytest.raises(InputError, match=message):
        LabelGraphEstimator(**FAST).fit(X, pd.DataFrame({"it": column}))


def test_polars_and_missing_cells():
    y = pl.from_pandas(frame().drop(columns=["topics"]).reset_index(drop=True))
    y = y.with_columns(
        [pl.when(pl.int_range(80) % 9 == 0).then(None).otherwise(pl.col(name)).alias(name) for name in y.columns]
    )
    model = LabelGraphEstimator(**FAST).fit(X, y)
    assert isinstance(model.predict(X), pl.DataFrame)
    assert model.tasks_.names == ("mood", "grade", "tags", "dimensions")


def test_tasks_and_no_frame():
    with pytest.raises(InputError, match="tasks cannot be inferred from a ndarray"):
        LabelGraphEstimator(**FAST).fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", GcnlabelWarning)
        LabelGraphEstimator({"t": {"type": "multilabel", "labels": NAMES}}, **FAST).fit(X, Y)


def test_classes_that_are_missing_are_said():
    words = pd.Series(np.where(Y[:, 0] == 1, "x", "y"))
    for hole in (None, np.nan, pd.NA):
        y = words.astype(object)
        y[7] = hole
        with pytest.raises(InputError, match=r"1 sample\(s\) without a class(.|\n)*row 7"):
            LabelGraphClassifier(**FAST).fit(X, y)


def test_whole_numbers_with_gaps_are_no_values_unsaid():
    """Pandas makes codes of classes floats where some are missing."""
    codes = pd.DataFrame({"mood": [None if i % 9 == 0 else i % 3 for i in range(80)]})
    for y in (codes, codes.astype("Int64"), pl.from_pandas(codes)):
        with pytest.raises(InputError, match="integers, which may be classes or values") as told:
            inferred_tasks(y)
        assert "or float" not in str(told.value)
    assert inferred_tasks(codes.astype("category")).tasks["mood"].type == "categorical"
    assert inferred_tasks(codes + 0.5).tasks["dimensions"].labels == ("mood",)
    assert inferred_tasks(pd.DataFrame({"mood": [2.0, 3.0, 4.0]})).tasks["dimensions"].labels == ("mood",)


def test_frames_that_say_nothing_are_said_plainly():
    with pytest.raises(InputError, match="duplicate column: a"):
        inferred_tasks(pd.DataFrame(Y[:, :2], columns=["a", "a"]))
    with pytest.raises(InputError, match=r"column 'd' has (?!integers)"):
        inferred_tasks(pd.DataFrame({"d": pd.date_range("2020-01-01", periods=9)}))
    values = pd.DataFrame({"t": [row.tolist() for row in Y]})
    with pytest.warns(GcnlabelWarning), pytest.raises(InputError, match="no label for position 2"):
        LabelGraphEstimator(**FAST).fit(X, values)


def test_names_that_columns_lists_and_classes_share():
    frame = pd.DataFrame(
        {
            "tags": [["joy", "beach"], ["fear"], []],
            "joy": [1, 0, 0],
            "kind": ["fear", "dimensions", "fear"],
            "dimensions": ["a", "b", "b"],
            "valence": [0.5, 1.5, 2.5],
        }
    )
    found = inferred_tasks(frame)
    assert {task.name: task.labels for task in found.tasks} == {
        "kind": ("dimensions", "kind: fear"),
        "dimensions": ("a", "b"),
        "tags": ("beach", "tags: fear", "tags: joy"),
        "tags_2": ("joy",),
        "dimensions_2": ("valence",),
    }
    read = layout_of(frame, found.values).read(frame, found.tasks).targets
    np.testing.assert_array_equal(read["tags"], [[1, 0, 1], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(read["tags_2"], [[1], [0], [0]])
    np.testing.assert_array_equal(read["kind"], [1, 0, 1])
