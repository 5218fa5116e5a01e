"""Images of a table or of COCO, decoded once into a cache, give the same training as their files."""

import json

import numpy as np
import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.data import image_cache_writing, load_images
from gcnlabel.data.geometry import Geometry
from gcnlabel.data.image_cache import ImageCache
from gcnlabel.data.image_cache_writing import write_cache
from gcnlabel.data.images import ImageFiles
from gcnlabel.errors import InputError
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, train
from gcnlabel.run.data import load_data

pytestmark = pytest.mark.filterwarnings("ignore")
COUNT = 24


@pytest.fixture
def config(tmp_path):
    """A config of a table of images, one missing and one damaged, with a crop."""
    rng = np.random.default_rng(0)
    (tmp_path / "photos" / "b").mkdir(parents=True)
    names = [f"{'b/' if k % 2 else ''}{k:02}.png" for k in range(COUNT)]
    for name in names[1:]:
        Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)).save(tmp_path / "photos" / name)
    path = tmp_path / "photos" / names[2]
    path.write_bytes(path.read_bytes()[:200])
    table = {"image": names, "split": ["train", "train", "train", "val", "test", "train"] * 4, "a": [0, 1] * 12}
    pl.DataFrame({**table, "b": [0, 0, 1] * 8}).write_csv(tmp_path / "t.csv")
    data = {"source": "table", "annotations": f"{tmp_path}/t.csv", "images": f"{tmp_path}/photos", "id_column": "image"}
    settings = {
        "data": {**data, "size": 16, "crop": 0.8, "allow_missing": 0.2},
        "tasks": {"tags": {"type": "multilabel", "labels": ["a", "b"]}},
        "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": "linear"},
        "training": {"epochs": 1, "batch_size": 8},
    }
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path / "c.yaml"


def prepare(config, output, *more):
    return CliRunner().invoke(main, ["prepare-images", str(config), str(output), *more])


def test_a_cache_gives_what_the_files_give_also_without_them(config, tmp_path):
    result = prepare(config, tmp_path / "cache", "--json", "--workers", "2")
    assert result.exit_code == 0, result.output
    done = json.loads(result.stdout)
    assert (done["images"], done["missing"], list(done["unreadable"])) == (COUNT - 1, 1, ["02.png"])
    changes = [f"data.cache={tmp_path}/cache"]
    files, cached = load_data(load_config(str(config))), load_data(load_config(str(config), changes))
    assert files.rows == cached.rows
    assert "2 left out" in cached.rows.line()
    for name, part in files.parts.items():
        assert part.annotations.ids.tolist() == cached.parts[name].annotations.ids.tolist()
        np.testing.assert_array_equal(part.inputs[:], cached.parts[name].inputs[:])
    scores = []
    for name, given in (("files", []), ("cached", changes), ("workers", [*changes, "training.workers=1"])):
        train(load_config(str(config), given), RunFolder(tmp_path / name), progress=False)
        scores.append(predict(RunFolder(tmp_path / name), tmp_path / "photos", device="cpu").values["tags"])
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[0], scores[2])
    (tmp_path / "photos").rename(tmp_path / "gone")
    again = load_data(load_config(str(config), changes))
    np.testing.assert_array_equal(again.parts["test"].inputs[:], files.parts["test"].inputs[:])
    with pytest.raises(InputError, match="folder of images not found"):
        load_data(load_config(str(config)))


def test_an_interrupted_call_continues_and_another_job_is_refused(config, tmp_path, monkeypatch):
    assert prepare(config, tmp_path / "whole").exit_code == 0
    monkeypatch.setattr(image_cache_writing, "CHUNK", 5)
    read, seen = image_cache_writing._one, []

    def dies(files, row):
        seen.append(row)
        if row == 13:
            raise KeyboardInterrupt
        return read(files, row)

    monkeypatch.setattr(image_cache_writing, "_one", dies)
    assert prepare(config, tmp_path / "cut", "--workers", "1").exit_code != 0
    with pytest.raises(InputError, match="is not finished"):
        ImageCache(tmp_path / "cut")
    seen.clear()
    monkeypatch.setattr(image_cache_writing, "_one", lambda files, row: (seen.append(row), read(files, row))[1])
    assert prepare(config, tmp_path / "cut").exit_code == 0
    assert min(seen) == 10
    for name in ("images.npy", "manifest.json", "progress.json"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "cut" / name).read_bytes()
    other = prepare(config, tmp_path / "cut", "--set", "data.size=12")
    assert other.exit_code == 2
    assert "the cache of other images" in other.output
    assert prepare(config, tmp_path / "cut", "--set", "data.size=12", "--overwrite").exit_code == 0
    assert ImageCache(tmp_path / "cut").images.shape == (COUNT - 1, 3, 12, 12)
    full = prepare(config, tmp_path / "photos", "--overwrite")
    assert full.exit_code == 2
    assert "other files" in full.output


def test_a_cache_that_does_not_suit_or_is_damaged_is_refused(config, tmp_path):
    assert prepare(config, tmp_path / "cache").exit_code == 0
    for change, message in (
        ("data.size=12", "data.size is 12, and the cache was made with 16"),
        ("data.crop=none", "data.crop is 'none', and the cache was made with 0.8"),
        ("data.interpolation=bicubic", "data.interpolation is 'bicubic'"),
        ("data.channels=1", "data.channels is 1"),
    ):
        with pytest.raises(InputError, match=message):
            load_data(load_config(str(config), [f"data.cache={tmp_path}/cache", change]))
    with pytest.raises(InputError, match="no cache of images"):
        load_data(load_config(str(config), [f"data.cache={tmp_path}/photos"]))
    np.save(tmp_path / "cache" / "images.npy", np.zeros((3, 3, 16, 16), dtype=np.uint8))
    with pytest.raises(InputError, match=r"uint8 of shape \[3, 3, 16, 16\]"):
        ImageCache(tmp_path / "cache")
    (tmp_path / "cache" / "progress.json").write_text("[]")
    with pytest.raises(InputError, match="is damaged"):
        ImageCache(tmp_path / "cache")
    features = prepare("synthetic-faces", tmp_path / "f")
    assert features.exit_code == 2
    assert "has no image files" in features.output


def test_too_little_space_is_said_before_anything_is_written(config, tmp_path, monkeypatch):
    class Usage:
        free = 10

    monkeypatch.setattr(image_cache_writing.shutil, "disk_usage", lambda path: Usage)
    result = prepare(config, tmp_path / "cache")
    assert result.exit_code == 2
    assert "GB are free" in result.output
    assert not (tmp_path / "cache" / "images.npy").exists()


def test_pixels_are_those_of_the_files(tmp_path):
    rng = np.random.default_rng(1)
    names = [f"{k}.png" for k in range(3)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (9, 14), dtype=np.uint8)).save(tmp_path / name)
    how = {"size": Geometry(6, crop=0.75, interpolation="bicubic"), "channels": 1}
    assert write_cache(ImageFiles(tmp_path, names, **how), names, tmp_path / "c") == {}
    cached = ImageCache(tmp_path / "c").images
    np.testing.assert_array_equal(cached[np.array([2, 0])], load_images(tmp_path, names, **how)[[2, 0]])


def test_images_above_the_budget_stay_in_their_files_and_that_is_said(config, tmp_path, caplog):
    with caplog.at_level("INFO", "gcnlabel"):
        lazy = load_data(load_config(str(config), ["data.in_memory=0"]))
    assert "data.in_memory is 0" in caplog.text
    assert isinstance(lazy.parts["train"].inputs, ImageFiles)
    held = load_data(load_config(str(config)))
    assert isinstance(held.parts["train"].inputs, np.ndarray)
    np.testing.assert_array_equal(held.parts["train"].inputs, lazy.parts["train"].inputs[:])


def test_damaged_progress_is_named(config, tmp_path):
    assert prepare(config, tmp_path / "cache").exit_code == 0
    (tmp_path / "cache" / "progress.json").write_text('{"done": "many"}')
    result = prepare(config, tmp_path / "cache")
    assert result.exit_code == 2
    assert "progress.json is damaged" in result.output
