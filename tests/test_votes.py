"""Several annotators' votes for a class: soft targets from the table to the metrics."""

import numpy as np
import polars as pl
import pytest
import torch
from scipy import stats
from torch.nn import functional as F

from gcnlabel.annotations import Annotations, from_frame, read_table, unseen_labels
from gcnlabel.config import parse_config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.losses import CrossEntropy, make_loss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.run import RunFolder, train
from gcnlabel.statistics import LabelStatistics, measure_files
from gcnlabel.tasks import Categorical, Columns, Dimensional, MultiLabel, TaskSet

CLASSES = ("calm", "happy", "sad")
VOTED = Categorical("mood", CLASSES, source=Columns(votes=True))
NAN = np.nan


def voted(rows, **source):
    task = Categorical("mood", CLASSES, source=Columns(votes=True, **source))
    columns = dict(zip(CLASSES, zip(*rows, strict=True), strict=True))
    return from_frame(pl.DataFrame(columns, strict=False), TaskSet([task]))


def test_votes_become_shares():
    found = voted([(4, 0, 1), (0, 0, 0), (0.25, 0.5, 0.25), (None, None, None), (1, 8, 1)]).targets["mood"]
    expected = [[0.8, 0, 0.2], [NAN] * 3, [0.25, 0.5, 0.25], [NAN] * 3, [0.1, 0.8, 0.1]]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1, -1, 2), r"'-1' votes(.|\n)*row 0, column 'happy'(.|\n)*0 or more"),
        (("1", "x", "2"), r"'x' votes"),
        (("1", "NA", "2"), r"'NA' votes(.|\n)*data.missing"),
        ((1, None, 2), r"no number of votes(.|\n)*column 'happy'(.|\n)*0 where there are none"),
    ],
)
def test_what_is_no_vote(row, message):
    with pytest.raises(InputError, match=message):
        voted([row])


def test_columns_of_other_names_and_other_columns_beside(tmp_path):
    (tmp_path / "fer.csv").write_text("Usage,neutral,happiness,sadness,unknown\nTraining,4,0,1,3\nTest,0,2,0,0\n")
    source = Columns(votes=True, columns=dict(zip(CLASSES, ("neutral", "happiness", "sadness"), strict=True)))
    found = read_table(
        tmp_path / "fer.csv", TaskSet([Categorical("mood", CLASSES, source=source)]), split_column="Usage"
    )
    np.testing.assert_allclose(found.targets["mood"], [[0.8, 0, 0.2], [0, 1, 0]])
    assert len(found.of_split("Test")) == 1


def test_annotations_take_shares_and_refuse_what_is_none():
    tasks = TaskSet([Categorical("mood", CLASSES)])
    shares = np.array([[0.5, 0.5, 0], [NAN] * 3])
    twice = Annotations.concatenate([Annotations(tasks, {"mood": shares})] * 2)
    assert twice.indicators("mood").shape == (4, 3)
    assert unseen_labels(twice) == ["sad"]
    for wrong in ([[0.5, 0.4, 0]], [[1.5, -0.5, 0]], [[NAN, 0.5, 0.5]], [[1.0, 0]]):
        with pytest.raises(InputError, match="mood"):
            Annotations(tasks, {"mood": np.array(wrong)})


def distributions(n=400, seed=0):
    """Return votes of ten annotators [N, 3] of which some have none, a dimension and a tag that follow them."""
    rng = np.random.default_rng(seed)
    votes = rng.multinomial(10, rng.dirichlet([0.5, 0.5, 0.5], n).clip(1e-6).astype(float) / 1.0000031) * 1.0
    value = np.round(votes @ [0.1, 0.9, -0.7] / 10 + rng.normal(size=n) * 0.3, 2)
    tag = (rng.random(n) < 0.2 + 0.06 * votes[:, 1]).astype(np.float32)
    value[:20], votes[20:40], tag[30:50] = NAN, 0, NAN
    with np.errstate(invalid="ignore"):
        return votes, votes / votes.sum(1, keepdims=True), value[:, None], tag[:, None]


TASKS = TaskSet([Categorical("mood", CLASSES), Dimensional("affect", ["valence"]), MultiLabel("tags", ["smile"])])
BLOCKS = {
    "spearman": [("mood", "affect"), ("mood", "tags"), ("mood", "mood")],
    "pearson": [("mood", "affect"), ("mood", "tags"), ("mood", "mood")],
    "phi": [("mood", "tags"), ("mood", "mood")],
    "conditional": [("mood", "tags"), ("mood", "mood")],
    "cooccurrence": [("mood", "tags"), ("mood", "mood")],
}


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.filterwarnings("ignore::gcnlabel.errors.UndefinedStatisticWarning")
def test_statistics_are_those_of_the_annotators_as_samples(name, parts):
    """Every annotator as a sample of its own: correlations and shares are the same, counts ten times as many."""
    votes, shares, value, tag = distributions()
    soft = Annotations(TASKS, {"mood": shares, "affect": value, "tags": tag})
    rows, codes = [], []
    for row, of_row in enumerate(votes.astype(int)):
        voters = [k for k, times in enumerate(of_row) for _ in range(times)] or [-1] * 10
        rows += [row] * 10
        codes += voters
    each = Annotations(TASKS, {"mood": np.array(codes), "affect": value[rows], "tags": tag[rows]})
    for pair in BLOCKS[name]:
        of_each = LabelStatistics(TASKS, {pair: name}).update(each).compute()
        measured = LabelStatistics(TASKS, {pair: name})
        for part in np.array_split(np.arange(len(soft)), parts):
            measured.merge(LabelStatistics(TASKS, {pair: name}).update(soft.select(part)))
        np.testing.assert_allclose(measured.compute(), of_each / (10 if name == "cooccurrence" else 1), atol=1e-9)


def test_shares_of_one_are_classes_and_parts_do_not_matter():
    _, shares, value, _ = distributions()
    codes = np.where(np.isnan(shares[:, 0]), -1, np.nan_to_num(shares).argmax(1))
    certain = np.where(codes[:, None] < 0, NAN, np.eye(3)[codes])
    pair = {("mood", "affect"): "spearman"}
    tasks = TaskSet([TASKS["mood"], TASKS["affect"]])
    hard, soft = (Annotations(tasks, {"mood": target, "affect": value}) for target in (codes, certain))
    found = LabelStatistics(tasks, pair).update(soft).compute()
    np.testing.assert_allclose(found, LabelStatistics(tasks, pair).update(hard).compute(), atol=1e-12)
    seen = ~np.isnan(value[:, 0]) & (codes >= 0)
    assert found[0, 3] == pytest.approx(stats.spearmanr(codes[seen] == 0, value[seen, 0])[0])
    soft = Annotations(tasks, {"mood": shares, "affect": value})
    whole, turned = LabelStatistics(tasks, pair).update(soft), LabelStatistics(tasks, pair)
    for part in np.array_split(np.arange(len(soft))[::-1], 11):
        turned.update(soft.select(part))
    assert (whole.compute() == turned.compute()).all()


@pytest.mark.parametrize("weights", [None, [1.0, 0.2, 3.0]])
def test_cross_entropy_against_the_distribution(weights):
    rng = np.random.default_rng(1)
    scores = torch.tensor(rng.normal(size=(6, 3)), dtype=torch.float64)
    shares = rng.dirichlet([1, 1, 1], 6)
    shares[2] = NAN
    w = np.ones(3) if weights is None else np.array(weights)
    log_softmax = scores.numpy() - np.log(np.exp(scores.numpy()).sum(1, keepdims=True))
    seen = np.arange(6) != 2
    expected = -(w * shares * log_softmax)[seen].sum() / (w * shares)[seen].sum()
    loss = make_loss(VOTED) if weights is None else CrossEntropy(torch.tensor(weights))
    assert float(loss(scores, torch.tensor(shares))) == pytest.approx(expected)
    certain = torch.eye(3, dtype=torch.float64)[[0, 2, 1, 1, 0, 2]]
    of_codes = loss(scores, torch.tensor([0, 2, 1, 1, 0, 2]))
    assert float(loss(scores, certain)) == pytest.approx(float(of_codes))
    if weights is None:
        whole = F.cross_entropy(scores[seen], torch.tensor(shares[seen]))
        assert float(loss(scores, torch.tensor(shares))) == pytest.approx(float(whole))
    scores.requires_grad_()
    loss(scores, torch.full((6, 3), NAN, dtype=torch.float64)).backward()
    assert (scores.grad == 0).all()


def test_metrics_are_against_the_majority_and_ties_are_said():
    scores = torch.eye(3)[[0, 1, 1, 2, 0]]
    targets = torch.tensor([[0.8, 0, 0.2], [0.2, 0.6, 0.2], [0.4, 0.3, 0.3], [0.4, 0.2, 0.4], [NAN] * 3])
    metric = TaskMetrics(VOTED, sync_on_compute=False)
    metric.update(scores, targets)
    found = metric.compute()
    assert found["confusion"] == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["ties"] == 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("head", ["linear", "graph"])
def test_a_run_on_votes(tmp_path, head, capsys):
    votes, shares, value, _ = distributions()
    columns = {name: votes[:, i].astype(int) for i, name in enumerate(CLASSES)}
    split = ["train"] * 300 + ["val"] * 50 + ["test"] * 50
    table = pl.DataFrame({"split": split, **columns, "valence": value[:, 0]}).with_columns(
        pl.col("valence").fill_nan(None)
    )
    table.write_csv(tmp_path / "t.csv")
    np.save(tmp_path / "f.npy", np.nan_to_num(shares) + np.random.default_rng(0).normal(size=shares.shape) * 0.05)
    config = parse_config(
        {
            "tasks": {
                "mood": {"type": "categorical", "classes": list(CLASSES), "votes": True},
                "affect": {"type": "dimensional", "dims": ["valence"]},
            },
            "data": {"source": "table", "annotations": str(tmp_path / "t.csv"), "features": str(tmp_path / "f.npy")},
            "graph": {"embeddings": "one-hot"},
            "loss": {"mood": {"class_weights": True}},
            "model": {"backbone": {"name": "identity"}, "head": {"name": head}},
            "optimizer": {"lr": 0.1},
            "training": {"epochs": 15},
        }
    )
    folder = RunFolder(tmp_path / "run")
    found = train(config, folder, progress=False)
    assert found["tasks"]["mood"]["accuracy"] > 0.8
    tied = sum(1 for row in votes[350:] if row.sum() and (row == row.max()).sum() > 1)
    assert found["tasks"]["mood"].get("ties", 0) == tied


def test_tensors_and_streams(tmp_path):
    votes, shares, value, _ = distributions()
    tasks = TaskSet([VOTED, TASKS["affect"]])
    frame = {name: votes[:, i] for i, name in enumerate(CLASSES)} | {"valence": value[:, 0]}
    pl.DataFrame(frame).with_columns(pl.col("valence").fill_nan(None)).write_csv(tmp_path / "t.csv")
    whole = read_table(tmp_path / "t.csv", tasks)
    assert targets_to_tensors(whole)["mood"].shape == (400, 3)
    np.testing.assert_allclose(whole.targets["mood"], shares)
    pair = {("mood", "affect"): "spearman"}
    one = measure_files([tmp_path / "t.csv"], tasks, pair).compute()
    assert (measure_files([tmp_path / "t.csv"], tasks, pair, rows=37, workers=2).compute() == one).all()
