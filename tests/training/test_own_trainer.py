"""The module in one's own Lightning trainer, with one's own loaders."""

import lightning as L
import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from scipy.stats import pearsonr
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from torch.utils.data import DataLoader, TensorDataset

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.nn import LabelGraphHead, MultiTaskModel, mlp
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.training import MultiTaskModule
from gcnlabel.units import Units

pytestmark = pytest.mark.filterwarnings("ignore")
TASKS = TaskSet(
    [MultiLabel("tags", ["a", "b"]), Categorical("mood", ["sad", "glad", "calm"]), Dimensional("film", ["year"])]
)


def items(size, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, 4)).astype(np.float32)
    tags = (x[:, :2] + rng.normal(size=(size, 2)) > 0).astype(np.float32)
    mood = x[:, :3].argmax(1)
    year = (1988 + 15 * x[:, 3:] + rng.normal(size=(size, 1))).astype(np.float32)
    return [
        (torch.tensor(x[i]), {"tags": torch.tensor(tags[i]), "mood": mood[i], "film": torch.tensor(year[i])})
        for i in range(size)
    ]


def stacked(items):
    return {name: np.stack([np.asarray(target[name]) for _, target in items]) for name in TASKS.names}


TRAIN, VAL, TEST = items(120, 0), items(50, 1), items(37, 2)


def module():
    torch.manual_seed(0)
    graph = LabelGraph.from_dense(np.ones((6, 6)) / 6, TASKS, x=torch.eye(6))
    units = Units(TASKS, [1988.0], [15.0])
    model = MultiTaskModel(mlp(4, hidden=[8]), LabelGraphHead(graph, TASKS, 8, (8,), bias=True), units)
    losses = {task.name: make_loss(task) for task in TASKS}
    loss = MultiTaskLoss(losses, units=units)
    return MultiTaskModule(model, loss, lambda groups: torch.optim.AdamW(groups, 1e-2))


def trainer(tmp_path, **options):
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False, "accelerator": "cpu"}
    return L.Trainer(default_root_dir=tmp_path, **{"max_epochs": 3, "enable_checkpointing": False, **quiet, **options})


def check(logged, scores, wanted, prefix, suffix=""):
    """Metrics that scikit-learn and NumPy make of the scores."""
    chosen = (scores["tags"] > 0).astype(int)
    assert logged[f"{prefix}/mood/accuracy{suffix}"] == pytest.approx(
        accuracy_score(wanted["mood"], scores["mood"].argmax(1))
    )
    assert logged[f"{prefix}/tags/mAP{suffix}"] == pytest.approx(
        average_precision_score(wanted["tags"], scores["tags"])
    )
    found = f1_score(wanted["tags"], chosen, average="micro")
    assert any(value == pytest.approx(found) for name, value in logged.items() if name.startswith(f"{prefix}/tags/"))
    x, y = scores["film"][:, 0].astype(float), wanted["film"][:, 0].astype(float)
    ccc = 2 * pearsonr(x, y)[0] * x.std() * y.std() / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    assert logged[f"{prefix}/film/year/ccc{suffix}"] == pytest.approx(ccc, abs=1e-5)


def numpy_scores(made, items):
    made.eval()
    with torch.no_grad():
        return {name: s.numpy() for name, s in made(torch.stack([x for x, _ in items])).items()}


def test_fit_validate_test_predict(tmp_path):
    made, loader = module(), lambda data, batch=8: DataLoader(data, batch)
    best = ModelCheckpoint(tmp_path, monitor="val/mood/accuracy", mode="max", save_last=True)
    mine = trainer(tmp_path, callbacks=[best, EarlyStopping("val/loss")], enable_checkpointing=True)
    mine.fit(made, DataLoader(TRAIN, 16, shuffle=True), loader(VAL))
    logged = {name: float(value) for name, value in mine.callback_metrics.items()}
    assert {"train/loss", "train/film/loss", "val/loss", "val/mood/accuracy"} <= set(logged)
    check(logged, numpy_scores(made, VAL), stacked(VAL), "val")
    (again,) = mine.validate(made, loader(VAL, 5), verbose=False)
    assert again["val/film/year/ccc"] == pytest.approx(logged["val/film/year/ccc"], abs=1e-5)
    (found,) = mine.test(made, loader(TEST), verbose=False)
    check(found, numpy_scores(made, TEST), stacked(TEST), "test")
    assert not any(name.startswith("val/") for name in found)
    batches = mine.predict(made, loader(TEST))
    for name, scores in numpy_scores(made, TEST).items():
        np.testing.assert_allclose(torch.cat([batch[name] for batch in batches]), scores, rtol=1e-5, atol=1e-5)
    (of_best,) = mine.test(made, loader(VAL), ckpt_path="best", verbose=False)
    assert of_best["test/mood/accuracy"] == pytest.approx(float(best.best_model_score))


def test_several_loaders_have_metrics_of_their_own(tmp_path):
    made, mine = module(), trainer(tmp_path)
    mine.fit(made, DataLoader(TRAIN, 16), [DataLoader(VAL, 8), DataLoader(TEST, 8)])
    logged = {name: float(value) for name, value in mine.callback_metrics.items()}
    check(logged, numpy_scores(made, VAL), stacked(VAL), "val", "/dataloader_idx_0")
    check(logged, numpy_scores(made, TEST), stacked(TEST), "val", "/dataloader_idx_1")
    assert "val/loss" not in logged
    found = mine.test(made, [DataLoader(TEST, 8), DataLoader(VAL, 8)], verbose=False)
    merged = {name: value for part in found for name, value in part.items()}
    check(merged, numpy_scores(made, TEST), stacked(TEST), "test", "/dataloader_idx_0")


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.int8, torch.float32, torch.float64])
def test_classes_are_numbers_of_any_type(tmp_path, dtype):
    given = [(x, {**target, "mood": torch.tensor(target["mood"], dtype=dtype)}) for x, target in TRAIN]
    found = []
    for data in (TRAIN, given):
        made, mine = module(), trainer(tmp_path)
        mine.fit(made, DataLoader(data, 16), DataLoader(data, 16))
        found.append({name: float(value) for name, value in mine.callback_metrics.items()})
    assert found[0] == found[1]


def test_classes_as_floats_are_missing_where_they_are_nan(tmp_path):
    holes = [(x, {**t, "mood": torch.tensor(float(t["mood"]) if i % 3 else torch.nan)}) for i, (x, t) in enumerate(VAL)]
    (found,) = trainer(tmp_path).validate(module(), DataLoader(holes, 8), verbose=False)
    known = [(x, {**t, "mood": t["mood"] if i % 3 else -1}) for i, (x, t) in enumerate(VAL)]
    (wanted,) = trainer(tmp_path).validate(module(), DataLoader(known, 8), verbose=False)
    assert found == wanted


def test_a_data_module_of_ones_own(tmp_path):
    class Mine(L.LightningDataModule):
        def train_dataloader(self):
            return DataLoader(TRAIN, 16)

        def val_dataloader(self):
            return DataLoader(VAL, 16)

    mine = trainer(tmp_path)
    mine.fit(module(), datamodule=Mine())
    assert "val/tags/mAP" in mine.callback_metrics


@pytest.mark.parametrize(
    "options", [{"max_epochs": -1, "max_steps": 3}, {"limit_val_batches": 0}, {"num_sanity_val_steps": 0}]
)
def test_options_of_the_trainer(tmp_path, options):
    trainer(tmp_path, **options).fit(module(), DataLoader(TRAIN, 16), DataLoader(VAL, 16))


def test_no_validation_at_all(tmp_path):
    mine = trainer(tmp_path)
    mine.fit(module(), DataLoader(TRAIN, 16))
    assert "train/loss" in mine.callback_metrics


@pytest.mark.parametrize(
    "data", [torch.zeros(6, 4), TensorDataset(torch.zeros(6, 4)), TEST[:6]], ids=["x", "(x,)", "x, y"]
)
def test_predictions_without_targets(tmp_path, data):
    batches = trainer(tmp_path).predict(module(), DataLoader(data, 4))
    assert [len(batch["film"]) for batch in batches] == [4, 2]
    assert 1900 < float(batches[0]["film"].mean()) < 2080


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TensorDataset(torch.zeros(6, 4), torch.zeros(6, 2)), "a batch of 2 parts"),
        (torch.zeros(6, 4), "a batch that is a Tensor"),
        ([(x, {"tags": target["tags"]}) for x, target in TRAIN], "no targets of task"),
        ([(x, {**target, "tags": target["tags"].tolist()}) for x, target in TRAIN], "'tags' in a batch are a list"),
        (
            [(x, {**target, "mood": "sad"}) for x, target in TRAIN],
            "'mood' in a batch are a list(.|\n)*of lists and texts",
        ),
        ([(x, {**target, "mood": 0.5}) for x, target in TRAIN], "'mood' hold 0.5"),
        ([(x, {**target, "mood": torch.tensor(255, dtype=torch.uint8)}) for x, target in TRAIN], "'mood' hold 255"),
        ([(x, {**target, "mood": float("inf")}) for x, target in TRAIN], "'mood' hold inf"),
    ],
)
def test_other_batches_are_refused_in_words(tmp_path, data, message):
    with pytest.raises(InputError, match=message):
        trainer(tmp_path).fit(module(), DataLoader(data, 4))


def test_an_optimizer_is_a_function_that_returns_one(tmp_path):
    other = module()
    adam = torch.optim.AdamW(other.model.parameters())
    with pytest.raises(InputError, match=r"optimizer is a AdamW(.|\n)*lambda groups"):
        MultiTaskModule(other.model, other.loss, adam)
    wrong = MultiTaskModule(other.model, other.loss, lambda groups: {"optimizer": adam})
    with pytest.raises(InputError, match=r"returned a dict(.|\n)*schedule="):
        trainer(tmp_path).fit(wrong, DataLoader(TRAIN, 4))
