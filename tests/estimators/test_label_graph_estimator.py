import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import pearsonr
from sklearn.base import clone
from sklearn.metrics import f1_score, label_ranking_average_precision_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphEstimator
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("mood", ["sad", "calm", "glad"]),
        MultiLabel("tags", ["tears", "smile"]),
        Dimensional("affect", ["valence", "arousal"], range=(-10, 10)),
    ]
)
FAST = {"hidden_layer_sizes": (16,), "dropout": 0.0, "max_iter": 20, "learning_rate": 0.01, "random_state": 0}


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    valence = X[:, 0] + 0.3 * rng.normal(size=200)
    mood = np.digitize(valence, [-0.5, 0.5])
    columns = [mood, valence < -0.3, valence > 0.3, valence, X[:, 1] + 2 * X[:, 2]]
    y = np.column_stack(columns).astype(float)
    y[::5, 0] = y[1::5, 2] = y[2::5, 3] = y[3::3, 4] = np.nan
    return X, y


def frame_of(y, make):
    names = [None if np.isnan(code) else TASKS["mood"].labels[int(code)] for code in y[:, 0]]
    return make({"mood": names, **dict(zip(TASKS.labels[3:], y[:, 1:].T, strict=True))})


def dict_of(y):
    return {"mood": frame_of(y, pd.DataFrame)["mood"].to_numpy(), "tags": y[:, 1:3], "affect": y[:, 3:]}


@pytest.fixture(scope="module")
def fitted(samples):
    return LabelGraphEstimator(TASKS, **FAST).fit(*samples)


def test_predictions_have_the_layout_of_the_targets(samples, fitted):
    X, y = samples
    table = fitted.predict(X)
    assert table.shape == y.shape
    for make in (pd.DataFrame, pl.DataFrame):
        found = clone(fitted).fit(X, frame_of(y, make)).predict(X)
        assert isinstance(found, make)
        assert list(found.columns) == ["mood", *TASKS.labels[3:]]
        assert [TASKS["mood"].labels[int(code)] for code in table[:, 0]] == list(found["mood"])
        np.testing.assert_array_equal(np.asarray(found)[:, 1:].astype(float), table[:, 1:])
    found = clone(fitted).fit(X, dict_of(y)).predict(X)
    assert found["mood"][:3].tolist() == [TASKS["mood"].labels[int(code)] for code in table[:3, 0]]
    np.testing.assert_array_equal(np.hstack([found["tags"], found["affect"]]), table[:, 1:])


def test_score_is_the_same_for_every_layout(samples, fitted):
    X, y = samples
    assert fitted.score(X, y) == fitted.score(X, frame_of(y, pd.DataFrame)) == fitted.score(X, dict_of(y))


def test_score_is_the_mean_of_the_main_metrics_of_what_is_annotated(samples, fitted):
    X, y = samples
    found, probable = fitted.predict(X), fitted.predict_proba(X)
    mood, tags = ~np.isnan(y[:, 0]), ~np.isnan(y[:, 1:3]).any(1)
    complete = np.where(tags[:, None], y, np.nan)
    f1 = f1_score(y[mood, 0], found[mood, 0], average="macro")
    lrap = label_ranking_average_precision_score(y[tags, 1:3], probable["tags"][tags])
    cccs = []
    for d in (3, 4):
        a, b = (v[~np.isnan(y[:, d]), d] for v in (found, y))
        cccs.append(2 * pearsonr(a, b)[0] * a.std() * b.std() / (a.var() + b.var() + (a.mean() - b.mean()) ** 2))
    # samples with a missing tag have one tag left, which is ranked right
    lrap = (lrap * tags.sum() + (~tags).sum()) / len(y)
    assert np.isnan(complete[~tags]).all()
    assert fitted.score(X, y) == pytest.approx(np.mean([f1, lrap, np.mean(cccs)]))
    assert fitted.score(X, y) > 0.8


def test_predictions_agree_with_probabilities(samples, fitted):
    X, _ = samples
    found, probable = fitted.predict(X), fitted.predict_proba(X)
    assert list(probable) == ["mood", "tags"]
    assert (found[:, 0] == probable["mood"].argmax(1)).all()
    assert (found[:, 1:3] == (probable["tags"] > 0.5)).all()


def test_probabilities_are_absent_where_there_is_no_class_or_tag():
    assert not hasattr(LabelGraphEstimator(TaskSet([TASKS["affect"]])), "predict_proba")


def test_the_default_leans_on_the_graph_and_weighs_as_everywhere(fitted):
    assert fitted.config_.model.head.title.startswith("ensemble of linear, cosine, generator")
    assert str(fitted.config_.graph.convention) == "signed-weighted"
    assert all(loss.weight is None for loss in fitted.config_.loss.values())  # dimensions: 0.1, as everywhere


@pytest.mark.parametrize("make", [pd.DataFrame, None])
def test_pipeline_and_grid_search(samples, make):
    X, y = samples
    y = y if make is None else frame_of(y, make)
    pipeline = make_pipeline(StandardScaler(), LabelGraphEstimator(TASKS.to_dict(), **{**FAST, "max_iter": 5}))
    grid = [{"labelgraphestimator__head": ["linear"]}, {"labelgraphestimator__head": ["graph"]}]
    grid[1]["labelgraphestimator__tau"] = [0.1, 0.4]
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_score_ > 0.3
    assert search.predict(X).shape == y.shape


def test_loss_weights_and_losses_by_task(samples):
    losses = {"affect": "mse", "tags": "asymmetric"}
    weights = {"affect": 0.5}
    model = LabelGraphEstimator(TASKS, **FAST, loss=losses, loss_weights=weights).fit(*samples)
    found = {name: (section.name, section.weight) for name, section in model.config_.loss.items()}
    assert found == {"mood": ("default", None), "tags": ("asymmetric", None), "affect": ("mse", 0.5)}
    with pytest.raises(InputError, match="unknown task 'afect'"):
        LabelGraphEstimator(TASKS, **FAST, loss_weights={"afect": 1}).fit(*samples)


def test_the_weight_of_neighbours_may_be_each_tasks_own(samples):
    weights = {"mood": 0.1, "tags": 0.2, "affect": 0.4}
    model = LabelGraphEstimator(TASKS, **{**FAST, "max_iter": 1}, head="graph", p=weights).fit(*samples)
    kept = 1 - model.graph_.adjacency().diagonal()
    assert kept.tolist() == pytest.approx([0.1] * 3 + [0.2] * 2 + [0.4] * 2)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_rows_of_a_pandas_frame_keep_their_names(samples):
    X, y = samples
    names = [f"sample {i}" for i in range(1, 201)]
    frame = pd.DataFrame(X, columns=list("abcd"), index=names)
    model = LabelGraphEstimator(TASKS, **{**FAST, "max_iter": 1}).fit(frame, frame_of(y, pd.DataFrame))
    assert model.predict(frame[::-1]).index.tolist() == names[::-1]
    assert model.predict(frame.to_numpy()).index.tolist() == list(range(200))


def test_targets_must_fit_the_tasks(samples):
    X, y = samples
    model = LabelGraphEstimator(TASKS, **FAST)
    with pytest.raises(InputError, match=r"expected: \[N, 5\]"):
        model.fit(X, y[:, :3])
    with pytest.raises(InputError, match="numbers that are not class indices"):
        model.fit(X, y + 0.5)
    with pytest.raises(InputError, match="unknown class 'gald'"):
        model.fit(X, {**dict_of(y), "mood": ["gald"] * len(y)})
    with pytest.raises(InputError, match="targets for mood\n"):
        model.fit(X, {"mood": ["sad"] * len(y)})
    with pytest.raises(InputError, match=r"expected: a value in \[-10, 10\]"):
        model.fit(X, y * [1, 1, 1, 100, 1])
    with pytest.raises(InputError, match="requires y to be passed"):
        model.fit(X, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X[:-1], y)


def test_dimensions_have_the_moments_of_what_was_trained_on():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 4))
    y = np.column_stack([X[:, 0] > 0, 1988 + 15 * (X[:, 1] + 0.5 * rng.normal(size=80))])
    y[::4, 1] = np.nan
    tasks = {"tags": {"type": "multilabel", "labels": ["a"]}, "film": {"type": "dimensional", "dims": ["year"]}}
    options = {"max_iter": 5, "random_state": 0, "validation_fraction": 0, "head": "linear"}
    found, seen = LabelGraphEstimator(tasks, **options).fit(X, y).predict(X)[:, 1], ~np.isnan(y[:, 1])
    np.testing.assert_allclose(
        [found[seen].mean(), found[seen].std()], [y[seen, 1].mean(), y[seen, 1].std()], rtol=1e-3
    )
    plain = LabelGraphEstimator(tasks, **options, calibrate="none").fit(X, y).predict(X)[:, 1]
    assert plain[seen].std() < 0.9 * found[seen].std()


def test_calibration_of_tags_alone_is_refused():
    tasks = {"tags": {"type": "multilabel", "labels": ["a"]}}
    with pytest.raises(InputError, match="calibrate: moments without a dimensional task"):
        LabelGraphEstimator(tasks, calibrate="moments").fit(np.eye(4), np.array([[0], [1], [0], [1.0]]))


def test_tasks_are_read_from_a_file(samples, tmp_path):
    X, y = samples
    (tmp_path / "tasks.yaml").write_text("tasks:\n  mood: {type: categorical, classes: [sad, calm, glad]}\n")
    model = LabelGraphEstimator(str(tmp_path / "tasks.yaml"), head="linear", max_iter=1, random_state=0)
    assert model.fit(X, frame_of(y, pd.DataFrame)[["mood"]]).tasks_.labels == ("sad", "calm", "glad")
    assert clone(model).tasks == model.tasks
    with pytest.raises(InputError, match="no.yaml"):
        LabelGraphEstimator(tmp_path / "no.yaml").fit(X, y)
