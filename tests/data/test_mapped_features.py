"""Features that stay in their file give the same rows, scaling, runs and errors as those that are read whole."""

import pickle
import tracemalloc

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.numpy import save_file

from gcnlabel.config import parse_config
from gcnlabel.data import ArrayDataset, Standardize, features, load_features, whole_batch
from gcnlabel.data.mapped_features import MappedFeatures
from gcnlabel.errors import InputError
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, train
from gcnlabel.run.data import load_data
from gcnlabel.studies.digest import digest

X = np.random.default_rng(0).normal(3, 2, (50, 7))


@pytest.fixture
def on_disk(monkeypatch):
    monkeypatch.setattr(features, "MAX_IN_MEMORY", 0)


def files(folder, values):
    np.save(folder / "c.npy", values)
    np.save(folder / "f.npy", np.asfortranarray(values))
    np.save(folder / "big_endian.npy", values.astype(values.dtype.newbyteorder(">")))
    save_file({"features": values}, folder / "a.safetensors", metadata={"of": "a test"})
    return [folder / name for name in ("c.npy", "f.npy", "big_endian.npy", "a.safetensors")]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int32", "int64"])
def test_rows_are_those_of_the_array(on_disk, tmp_path, dtype):
    values = X.astype(dtype)
    expected = values.astype(np.float32)
    for path in files(tmp_path, values):
        found = load_features(path)
        assert isinstance(found, MappedFeatures)
        assert (found.shape, found.ndim, len(found)) == ((50, 7), 2, 50)
        rows = np.array([9, 0, 9, 49])
        for index in (rows, torch.from_numpy(rows), slice(3, 8), values[:, 0] > 3, 5):
            assert found[index].dtype == np.float32
            np.testing.assert_array_equal(
                found[index], expected[np.asarray(index) if torch.is_tensor(index) else index]
            )
        part = found.select(rows)
        np.testing.assert_array_equal(part[1:3], expected[rows][1:3])
        np.testing.assert_array_equal(np.asarray(part, dtype=np.float64), expected[rows])
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(part))[:], expected[rows])
    np.savez(tmp_path / "x.npz", x=values)
    np.testing.assert_array_equal(load_features(tmp_path / "x.npz"), expected)  # an archive, which is read whole


def test_small_files_are_read_whole(tmp_path):
    for path in files(tmp_path, X.astype(np.float32)):
        assert isinstance(load_features(path), np.ndarray)


@pytest.mark.parametrize("at_once", [1, 21, 2**20])
def test_the_scaling_is_exact_however_it_is_streamed(on_disk, tmp_path, monkeypatch, at_once):
    monkeypatch.setattr("gcnlabel.data.mapped_features.VALUES_AT_ONCE", at_once)
    values = (X * [1, 1e-3, 1e3, 1, 1, 1, 0] + [0, 1e4, 0, 0, 0, 0, 7]).astype(np.float32)  # a small spread, far from 0
    np.save(tmp_path / "x.npy", values)
    rows = np.arange(0, 50, 3)
    found = Standardize.fit(load_features(tmp_path / "x.npy").select(rows))
    exact = values[rows].astype(np.float64)
    sd = exact.std(0)
    sd[6] = 1
    np.testing.assert_allclose(found.mean.double().numpy(), exact.mean(0), rtol=1e-7)
    np.testing.assert_allclose(found.sd.double().numpy(), sd, rtol=1e-7)


@pytest.mark.parametrize("at_once", [1, 21, 2**20])
def test_sparse_features_are_seen_and_divided_by_one_number(on_disk, tmp_path, monkeypatch, at_once):
    monkeypatch.setattr("gcnlabel.data.mapped_features.VALUES_AT_ONCE", at_once)
    values = (X * (np.random.default_rng(2).random(X.shape) < 0.08)).astype(np.float32)
    np.save(tmp_path / "x.npy", values)
    found = load_features(tmp_path / "x.npy")
    assert features.is_sparse(found)
    scaled = Standardize.chosen(found)
    np.testing.assert_allclose(scaled.sd.numpy(), np.sqrt((values.astype(float) ** 2).mean()), rtol=1e-6)
    assert not scaled.mean.any()


def test_what_is_wrong_is_named_as_of_an_array(on_disk, tmp_path):
    values = X.copy()
    values[33, 4] = np.inf
    for path in files(tmp_path, values):
        with pytest.raises(InputError, match="row 33, column 4"):
            load_features(path)
    np.save(tmp_path / "objects.npy", np.array([[{}]]), allow_pickle=True)
    np.save(tmp_path / "flat.npy", np.zeros(3))
    save_file({"a": X, "b": X}, tmp_path / "two.safetensors")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "c.npy").read_bytes()[:-4])
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "a.safetensors").read_bytes()[:-4])
    (tmp_path / "x.npy.json").write_text('{"encoder": "text:a", "rows": 49}')
    np.save(tmp_path / "x.npy", X)
    for name, message in [
        ("objects.npy", "not pickled"),
        ("flat.npy", r"shape \[3\]"),
        ("two.safetensors", "has 2 arrays"),
        ("cut.npy", "cannot be read"),
        ("cut.safetensors", "cannot be read"),
        ("x.npy", "50 rows, its record 49"),
    ]:
        with pytest.raises(InputError, match=message):
            load_features(tmp_path / name)


def test_a_file_that_is_cut_off_or_gone_later_is_an_error_and_no_crash(on_disk, tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, X)
    found = load_features(path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(InputError, match="cannot be read any more"):
        found[0]
    path.unlink()
    with pytest.raises(InputError, match="cannot be read any more"):
        found[0]


def test_memory_does_not_grow_with_the_file(on_disk, tmp_path):
    path = tmp_path / "x.npy"
    stored = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(100_000, 256))  # 102 MB
    stored[:] = np.arange(256)
    del stored
    tracemalloc.start()
    found = load_features(path)
    Standardize.fit(found)
    dataset = ArrayDataset(found, {"a": torch.arange(len(found))})
    for _ in torch.utils.data.DataLoader(dataset, batch_size=512, collate_fn=whole_batch):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("head", "standardize"), [("linear", "auto"), ("default", True)])
def test_a_run_is_the_same_with_features_in_memory_and_in_their_file(tmp_path, monkeypatch, head, standardize):
    rng = np.random.default_rng(1)
    rows = 40
    table = {
        "split": ["train", "train", "val", "test"] * 10,
        "a": rng.integers(0, 2, rows),
        "b": rng.integers(0, 2, rows),
    }
    pl.DataFrame(table).write_csv(tmp_path / "t.csv")
    np.save(tmp_path / "x.npy", rng.normal(size=(rows, 6)).astype(np.float16))
    settings = {
        "data": {"source": "table", "annotations": f"{tmp_path}/t.csv", "features": f"{tmp_path}/x.npy"},
        "tasks": {"tags": {"type": "multilabel", "labels": ["a", "b"]}},
        "standardize": standardize,
        "model": {"backbone": {"name": "mlp", "hidden": [4]}, "head": head},
        "graph": {"embeddings": "one-hot"},
        "training": {"epochs": 2, "batch_size": 8},
    }
    config, found, digests = parse_config(settings), [], []
    for size in (2**29, 0):
        monkeypatch.setattr(features, "MAX_IN_MEMORY", size)
        data = load_data(config)
        assert isinstance(data.parts["train"].inputs, MappedFeatures) == (size == 0)
        run = RunFolder(tmp_path / f"run{size}")
        train(config, run, progress=False)
        found.append(predict(run, tmp_path / "x.npy", device="cpu", batch_size=7).values["tags"])
        digests.append(digest(data))
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)
    assert digests[0] == digests[1]
