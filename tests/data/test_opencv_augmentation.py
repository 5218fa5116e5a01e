"""OpenCV's road against the one in float32, which is tested against torchvision, with the same draws."""

import importlib.machinery
import sys
import types

import pytest
import torch
from torch.utils.data import DataLoader

from gcnlabel.data import ArrayDataset, BatchAugmentation, batch_augmentation
from gcnlabel.data.batch_augmentation import augmented
from gcnlabel.data.opencv import one_thread, opencv
from gcnlabel.data.samples import SeededRows, whole_batch

cv2 = pytest.importorskip("cv2", reason="OpenCV is an extra")
LEVELS = 4  # of 255: each of up to four steps is rounded, and later ones enlarge it
MEAN = 0.4


def noise(count, channels=3, height=60, width=52):
    return torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8)


def smooth(count, channels=3):
    small = torch.rand(count, channels, 6, 6) * 255
    return torch.nn.functional.interpolate(small, (64, 64), mode="bicubic").clamp(0, 255).to(torch.uint8)


def in_float32(images, drawn, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(batch_augmentation, "opencv", lambda: None)
        return augmented(images, drawn)


@pytest.mark.parametrize("made", [noise, smooth])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "strengths",
    [{}, {"rotation": 180.0, "hue": 0.5}, {"hue": 0.0}, {"rotation": 0.0}, {"flip": 1.0, "saturation": 1.0}],
)
def test_the_same_pictures_as_in_float32(strengths, channels, made, monkeypatch):
    torch.manual_seed(0)
    images = made(40, channels)
    before, drawn = images.clone(), BatchAugmentation(**strengths).draw(40)
    found, expected = augmented(images, drawn), in_float32(images, drawn, monkeypatch)
    difference = (found.int() - expected.int()).abs()
    assert difference.max() <= LEVELS
    assert difference.float().mean() < MEAN
    assert torch.equal(images, before)
    assert (expected != images).any()


def test_turning_and_mirroring_alone_differ_by_a_rounding(monkeypatch):
    torch.manual_seed(0)
    images = noise(30, height=41, width=67)
    drawn = BatchAugmentation(rotation=180.0, brightness=0, contrast=0, saturation=0, hue=0).draw(30)
    difference = augmented(images, drawn).int() - in_float32(images, drawn, monkeypatch).int()
    assert difference.abs().max() <= 1
    assert (difference != 0).float().mean() < 0.01


def test_images_that_are_no_whole_array():
    images = noise(8, height=90)[::2, :, 10:70]
    drawn = BatchAugmentation().draw(4)
    assert torch.equal(augmented(images, drawn), augmented(images.contiguous(), drawn))


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_draws_the_same(workers):
    torch.manual_seed(0)
    data = ArrayDataset(noise(12), {}, BatchAugmentation())
    batches = [SeededRows(range(first, first + 4), 7 + first) for first in (0, 4, 8)]
    loader = DataLoader(data, batch_sampler=batches, num_workers=workers, collate_fn=whole_batch)
    for (found, _), rows in zip(loader, batches, strict=True):
        assert torch.equal(found, data.__getitems__(rows)[0])


def test_threads_are_as_before():
    threads = cv2.getNumThreads()
    with one_thread(cv2):
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == threads


@pytest.mark.parametrize(("version", "taken"), [("4.13.0", False), ("5.0.0", True), ("10.1.0-dev", True)])
def test_versions_that_round_points_are_not_taken(version, taken, monkeypatch):
    module = types.ModuleType("cv2")
    module.__spec__, module.__version__ = importlib.machinery.ModuleSpec("cv2", None), version
    monkeypatch.setitem(sys.modules, "cv2", module)
    assert (opencv.__wrapped__() is module) == taken


def test_without_it_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert opencv.__wrapped__() is None
