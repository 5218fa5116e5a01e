import inspect

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file
from sklearn.preprocessing import StandardScaler

from gcnlabel.annotations import Annotations
from gcnlabel.data import ArrayDataset, Standardize, augmentation, load_features, load_images, targets_to_tensors
from gcnlabel.data.images import ImageFiles
from gcnlabel.errors import InputError
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "images"
    root.mkdir()
    ramp = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (20, 1))
    Image.fromarray(ramp).save(root / "grey.png")
    Image.fromarray(np.dstack([ramp, 0 * ramp, 255 - ramp])).save(root / "colour.jpg", quality=95)
    return root


def test_images_are_scaled_and_converted(folder):
    colour = load_images(folder, ["grey.png", "colour.jpg"], size=10)
    assert (colour.shape, colour.dtype) == ((2, 3, 10, 10), np.uint8)
    assert (colour[0][0] == colour[0][2]).all()
    assert colour[1][0, 5, 9] > 220
    assert colour[1][0, 5, 0] < 35
    grey = load_images(folder, ["grey.png"], size=10, channels=1)
    on_disk = ImageFiles(folder, ["grey.png", "colour.jpg"], size=10)
    assert on_disk.shape == (2, 3, 10, 10)
    assert np.array_equal(on_disk.select([1])[0], colour[1])
    assert grey.shape == (1, 1, 10, 10)
    assert np.abs(grey[0, 0, 5].astype(int) - (np.arange(10) * 4 + 1.5) * 255 / 39).max() < 5  # means of 4 columns


def test_damaged_missing_and_escaping_images_are_named(folder, tmp_path):
    whole = (folder / "colour.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "text.jpg").write_text("no image")
    (folder / "empty.jpg").write_bytes(b"")
    for name in ("cut.jpg", "text.jpg", "empty.jpg"):
        with pytest.raises(InputError, match=rf"{name} cannot be read"):
            load_images(folder, ["grey.png", name], size=10)
    with pytest.raises(InputError, match=r"image not found: .*no\.jpg"):
        load_images(folder, ["no.jpg"], size=10)
    Image.new("L", (4, 4)).save(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        with pytest.raises(InputError, match="is outside of"):
            load_images(folder, [name], size=10)
    with pytest.raises(InputError, match="folder of images not found"):
        load_images(tmp_path / "nothing", ["a"], size=10)


def test_features_from_three_formats(tmp_path):
    values = np.arange(6, dtype=np.float16).reshape(3, 2)
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "a.npz", x=values)
    save_file({"x": values}, tmp_path / "a.safetensors")
    for suffix in ("npy", "npz", "safetensors"):
        found = load_features(tmp_path / f"a.{suffix}")
        assert found.dtype == np.float32
        assert (found == values).all()


def test_bad_features_are_named(tmp_path):
    np.savez(tmp_path / "two.npz", a=np.zeros((1, 1)), b=np.zeros((1, 1)))
    np.save(tmp_path / "flat.npy", np.zeros(3))
    np.save(tmp_path / "text.npy", np.array([["a"]]))
    np.save(tmp_path / "objects.npy", np.array([[{}]]), allow_pickle=True)
    np.save(tmp_path / "nan.npy", np.array([[0.0, 1], [2, np.nan]]))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "nan.npy").read_bytes()[:-4])
    for name, message in [
        ("two.npz", "has 2 arrays"),
        ("flat.npy", r"shape \[3\]"),
        ("text.npy", "numbers of shape"),
        ("objects.npy", "not pickled"),
        ("nan.npy", "row 1, column 1"),
        ("cut.npy", "cannot be read"),
        ("no.npy", "not found"),
    ]:
        with pytest.raises(InputError, match=message):
            load_features(tmp_path / name)


def test_standardize_is_scikit_learns():
    x = np.random.default_rng(0).normal(3, [1, 10, 0], size=(50, 3))
    x[:, 2] = 7  # constant
    ours = Standardize.fit(x)(torch.tensor(x, dtype=torch.float32)).numpy()
    assert np.allclose(ours, StandardScaler().fit_transform(x), atol=1e-5)


def test_sparse_features_keep_their_zeros_and_get_a_common_scale():
    rng = np.random.default_rng(0)
    x = np.where(rng.random((200, 30)) < 0.05, rng.integers(1, 5, (200, 30)), 0).astype(float)
    ours = Standardize.chosen(x)(torch.tensor(x, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(ours, x / np.sqrt((x**2).mean()), rtol=1e-6)
    dense = rng.normal(3, [1, 10], size=(50, 2))
    assert np.allclose(Standardize.chosen(dense)(torch.tensor(dense)), StandardScaler().fit_transform(dense), atol=1e-5)
    assert Standardize.chosen(np.zeros((4, 3)))(torch.zeros(4, 3)).eq(0).all()


NONE = {"flip": False, "rotation": 0.0, "brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}


@pytest.mark.parametrize("step", NONE)
def test_each_augmentation_changes_pixels_on_its_own(step):
    torch.manual_seed(0)
    image = (torch.rand(3, 16, 16) * 255).to(torch.uint8)
    default = inspect.signature(augmentation).parameters[step].default
    results = [augmentation(**{**NONE, step: default})(image) for _ in range(8)]
    assert all(result.shape == image.shape and result.dtype == torch.uint8 for result in results)
    assert any(not torch.equal(result, image) for result in results)


def test_augmentation_of_grey_images_and_of_nothing():
    torch.manual_seed(0)
    image = (torch.rand(1, 16, 16) * 255).to(torch.uint8)
    assert augmentation()(image).shape == image.shape
    assert torch.equal(augmentation(**NONE)(image), image)
    assert torch.equal(augmentation(**{**NONE, "saturation": 0.5, "hue": 0.5})(image), image)
    mirrored = [augmentation(**{**NONE, "flip": True})(image) for _ in range(16)]
    assert {torch.equal(m, image) for m in mirrored} == {True, False}
    assert all(torch.equal(m, image) or torch.equal(m, image.flip(2)) for m in mirrored)


def test_augmentation_draws_for_each_image_of_a_batch():
    torch.manual_seed(0)
    images = (torch.rand(1, 3, 16, 16) * 255).to(torch.uint8).expand(6, -1, -1, -1)
    found = augmentation()(images)
    assert found.shape == images.shape
    assert len({image.numpy().tobytes() for image in found}) == 6


def test_dataset_gives_rows_and_batches_with_targets():
    tasks = TaskSet([Categorical("c", ["x", "y"]), MultiLabel("t", ["u"]), Dimensional("d", ["v"])])
    targets = {"c": [0, -1, 1], "t": [[1.0], [np.nan], [0.0]], "d": [[0.5], [np.nan], [0.1]]}
    annotations = Annotations(tasks, {name: np.array(value) for name, value in targets.items()})
    tensors = targets_to_tensors(annotations)
    assert (tensors["c"].dtype, tensors["t"].dtype, tensors["d"].dtype) == (torch.int64, torch.float32, torch.float32)
    dataset = ArrayDataset(np.arange(6.0).reshape(3, 2), tensors, transform=lambda row: row + 100)
    inputs, batch = dataset.__getitems__([2, 0])
    assert inputs.tolist() == [[104, 105], [100, 101]]
    assert batch["c"].tolist() == [1, 0]
    assert torch.equal(dataset[2][0], inputs[0])
    assert len(dataset) == 3


@pytest.mark.parametrize("name", ["f.csv", "f.TSV", "f.parquet"])
def test_a_table_of_features_is_refused_with_the_call_that_converts_it(tmp_path, name):
    path = tmp_path / name
    path.write_text("a,b\n1,2\n")
    text = r"it is a table(.|\n)*\.npy, \.npz or \.safetensors(.|\n)*numpy\.save\('f\.npy', frame\[columns\]"
    with pytest.raises(InputError, match=text):
        load_features(path)
