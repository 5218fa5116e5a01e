"""A batch at once against torchvision, image by image, with the same parameters."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms.v2 import InterpolationMode, functional

from gcnlabel.data import BatchAugmentation
from gcnlabel.data.batch_augmentation import jitter, warp


def smooth(count, channels=3, height=64, width=64, low=60, high=190):
    """Smooth pictures away from black and white, so that resampling and cutting off play no part."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, channels, 5, 5, generator=generator) * (high - low) + low
    return functional.resize(coarse, [height, width], InterpolationMode.BICUBIC).clamp(low, high).to(torch.uint8)


@pytest.mark.parametrize("size", [(64, 64), (48, 80), (33, 33)])
@pytest.mark.parametrize("degrees", [-30.0, 0.0, 12.5, 90.0])
@pytest.mark.parametrize("flip", [False, True])
def test_the_warp_is_a_flip_and_a_rotation(size, degrees, flip):
    images = smooth(2, height=size[0], width=size[1])
    found = warp(images, torch.tensor([flip, False]), torch.full((2,), math.radians(degrees)))
    for image, result, mirrored in zip(images, found, (flip, False), strict=True):
        expected = functional.horizontal_flip(image) if mirrored else image
        expected = functional.rotate(expected.float(), degrees, InterpolationMode.BILINEAR)
        inside = functional.rotate(torch.ones(1, *size), degrees, InterpolationMode.BILINEAR)[0] > 0.999
        assert (result - expected)[:, inside].abs().max() < 1.0
        outside = functional.rotate(torch.ones(1, *size), degrees, InterpolationMode.BILINEAR)[0] < 0.001
        assert result[:, outside].abs().max() < 30 if outside.any() else True


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("step", "factors", "adjust"),
    [
        ("brightness", (1.2, 1.0, 1.0), lambda image: functional.adjust_brightness(image, 1.2)),
        ("contrast", (1.0, 0.8, 1.0), lambda image: functional.adjust_contrast(image, 0.8)),
        ("saturation", (1.0, 1.0, 0.7), lambda image: functional.adjust_saturation(image, 0.7)),
        (
            "all",
            (0.9, 1.15, 1.2),
            lambda image: functional.adjust_saturation(
                functional.adjust_contrast(functional.adjust_brightness(image, 0.9), 1.15), 1.2
            ),
        ),
    ],
)
def test_colours_are_torchvisions(channels, step, factors, adjust):
    images = smooth(3, channels)
    if channels == 1 and step in ("saturation", "all"):
        return
    found = jitter(images.float(), *(torch.full((3,), f) for f in factors), torch.zeros(3))
    expected = torch.stack([adjust(image.float() / 255) for image in images]) * 255
    assert (found.float() - expected).abs().max() <= 1.6  # rounding, and the grey weights' last digits


@pytest.mark.parametrize("share", [-0.05, 0.05])
def test_hue_turns_the_colours_the_same_way_and_about_as_far(share):
    images = smooth(4)
    one = torch.ones(4)
    found = jitter(images.float(), one, one, one, torch.full((4,), share * 2 * math.pi)).float()
    expected = torch.stack([functional.adjust_hue(image, share) for image in images]).float()
    ours, theirs = found - images, expected - images
    assert 0.8 < ours.abs().mean() / theirs.abs().mean() < 1.25
    assert (ours * theirs).sum() / ours.norm() / theirs.norm() > 0.8
    assert ours.mean(1).abs().max() <= 1  # the mean of the channels stays


def test_grey_pictures_stay_grey():
    grey = smooth(3, 1).expand(-1, 3, -1, -1)
    result = BatchAugmentation()(grey).int()
    assert (result - result[:, :1]).abs().max() <= 1


@pytest.mark.parametrize("channels", [1, 3])
def test_nothing_to_do_changes_nothing(channels):
    nothing = BatchAugmentation(flip=False, rotation=0, brightness=0, contrast=0, saturation=0, hue=0)
    images = torch.randint(0, 256, (5, channels, 17, 23), dtype=torch.uint8)
    assert (nothing(images).int() - images.int()).abs().max() <= 1


def test_draws_by_seed_and_by_image():
    images = smooth(1).expand(6, -1, -1, -1)
    torch.manual_seed(3)
    one = BatchAugmentation()(images)
    torch.manual_seed(3)
    assert torch.equal(BatchAugmentation()(images), one)
    assert len({bytes(np.ascontiguousarray(image)) for image in one}) == 6


def test_strengths_are_reached_and_not_passed(monkeypatch):
    seen = {}
    module = "gcnlabel.data.batch_augmentation"
    monkeypatch.setattr(f"{module}.warp", lambda images, mirrored, angle: seen.update(m=mirrored, a=angle) or images)
    monkeypatch.setattr(f"{module}.jitter", lambda images, *parameters: seen.update(p=parameters) or images)
    torch.manual_seed(0)
    BatchAugmentation(rotation=20, brightness=0.1, contrast=0.2, saturation=0.3, hue=0.05)(torch.zeros(5000, 1, 1, 1))
    assert 0.45 < seen["m"].float().mean() < 0.55
    for values, most in [(seen["a"], math.radians(20)), (seen["p"][3], 0.1 * math.pi)]:
        assert 0.99 * most < values.max() <= most
        assert -most <= values.min() < -0.99 * most
    for factors, most in zip(seen["p"], (0.1, 0.2, 0.3), strict=False):
        assert 1 + 0.99 * most < factors.max() <= 1 + most + 1e-6
        assert 1 - most - 1e-6 <= factors.min() < 1 - 0.99 * most


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 4), st.sampled_from([1, 3]), st.integers(1, 20), st.integers(1, 20), st.integers(0, 99))
def test_any_size(count, channels, height, width, seed):
    torch.manual_seed(seed)
    images = torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8)
    result = BatchAugmentation()(images)
    assert (result.shape, result.dtype) == (images.shape, torch.uint8)
