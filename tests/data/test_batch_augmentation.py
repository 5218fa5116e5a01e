"""A batch at once against torchvision, image by image, with the same draws."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms.v2 import InterpolationMode, functional

from gcnlabel.data import ArrayDataset, BatchAugmentation, augmentation, batch_augmentation
from gcnlabel.data.batch_augmentation import Draws, augmented
from gcnlabel.errors import InputError

NONE = {"flip": False, "rotation": 0.0, "brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}
STRONG = {"rotation": 180.0, "hue": 0.5}
ADJUST = (
    functional.adjust_brightness,
    functional.adjust_contrast,
    functional.adjust_saturation,
    functional.adjust_hue,
)
ROUNDING = 0.52  # values are rounded once, and float32 may fall on the other side of a half


@pytest.fixture(autouse=True, scope="module")
def in_float32():
    """The road without OpenCV, which rounds once; test_opencv_augmentation.py compares them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_augmentation, "opencv", lambda: None)
        yield


def noise(count, channels=3, height=33, width=41, low=0, high=255):
    generator = torch.Generator().manual_seed(0)
    return torch.randint(low, high + 1, (count, channels, height, width), dtype=torch.uint8, generator=generator)


def draws(count, *, mirrored=False, degrees=0.0, factors=(1.0, 1.0, 1.0, 0.0), order=(0, 1, 2, 3)):
    """The same for every image."""
    rows = torch.tensor(factors).expand(count, 4), torch.tensor(order).expand(count, 4)
    return Draws(torch.full((count,), mirrored), torch.full((count,), degrees), *rows)


def of(drawn, rows):
    return Draws(drawn.mirrored[rows], drawn.degrees[rows], drawn.factors[rows], drawn.order[rows])


def torchvisions(image, drawn, row):
    """One image [C, H, W] through torchvision's functions in float64, so that nothing is rounded between them."""
    image = image.double() / 255
    if drawn.mirrored[row]:
        image = functional.horizontal_flip(image)
    image = functional.rotate(image, drawn.degrees[row].item(), InterpolationMode.BILINEAR)
    for step in drawn.order[row].tolist():
        if step != 3 or len(image) == 3:
            image = ADJUST[step](image, drawn.factors[row, step].item())
    return image * 255


@pytest.mark.parametrize("size", [(64, 64), (33, 80), (80, 33), (5, 7)])
@pytest.mark.parametrize("strengths", [{}, STRONG, {"hue": 0.0}, {"rotation": 0.0}])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_is_what_torchvision_makes_of_it(channels, strengths, size):
    images = noise(24, channels, *size, low=80, high=150)  # so far from white that no step cuts anything off
    torch.manual_seed(1)
    drawn = BatchAugmentation(**strengths).draw(24)
    found = augmented(images, drawn)
    for row, image in enumerate(images):
        error = (found[row] - torchvisions(image, drawn, row)).abs().amax(0)
        inside = (
            functional.rotate(torch.ones(1, *size), drawn.degrees[row].item(), InterpolationMode.BILINEAR)[0] > 0.99
        )
        assert error[inside].max() < ROUNDING + 0.05  # float32 places the points
        assert error.max() < 2  # where the picture fades into black, steps cut off what is darker than black


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("strength", [-1.0, -0.3, 0.3, 1.0])
def test_a_single_step_cuts_off_and_agrees_with_torchvisions_whole_numbers(step, strength):
    images = noise(3)
    factors = [1.0, 1.0, 1.0, 0.0]
    factors[step] += strength / 2 if step == 3 else strength
    found = augmented(images, draws(3, factors=factors))
    expected = torch.stack([ADJUST[step](image, factors[step]) for image in images])
    assert (found.int() - expected.int()).abs().max() <= 1  # torchvision rounds down


@pytest.mark.parametrize("hue", [-0.5, -1 / 3, -0.2, -1 / 6, -0.05, 0.01, 0.1, 1 / 6, 0.3, 0.5])
def test_hue_is_that_of_hsv(hue):
    corners = torch.tensor(list(itertools.product([0, 0, 1, 100, 254, 255], repeat=3)), dtype=torch.uint8)
    images = torch.cat([corners.T.reshape(1, 3, -1, 1), noise(1, height=216, width=1)])  # ties, grey, pure colours
    found = augmented(images, draws(2, factors=(1.0, 1.0, 1.0, hue)))
    expected = functional.adjust_hue(images / 255, hue) * 255
    assert (found - expected).abs().max() < ROUNDING


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_quarter_turns_are_exact(turns, mirrored):
    images = noise(2, height=19, width=19)
    found = augmented(images, draws(2, mirrored=mirrored, degrees=90.0 * turns))
    expected = images.flip(3) if mirrored else images
    assert (found.int() - expected.rot90(turns, (2, 3)).int()).abs().max() <= 1


def test_outside_is_black():
    found = augmented(torch.full((1, 3, 40, 40), 255, dtype=torch.uint8), draws(1, degrees=45.0))[0]
    assert (found[:, [0, 0, -1, -1], [0, -1, 0, -1]] == 0).all()
    assert (found[:, 10:30, 10:30] == 255).all()


def test_nothing_to_do_changes_nothing_and_gives_a_copy():
    images = noise(4)
    found = BatchAugmentation(**NONE)(images)
    assert torch.equal(found, images)
    found[:] = 0
    assert images.any()


@pytest.mark.parametrize("step", NONE)
def test_each_step_works_on_its_own_and_leaves_its_input(step):
    images, before = noise(6), noise(6)
    torch.manual_seed(0)
    found = BatchAugmentation(**{**NONE, step: getattr(BatchAugmentation(), step)})(images)
    assert torch.equal(images, before)
    assert (found.shape, found.dtype) == (images.shape, torch.uint8)
    assert not torch.equal(found, images)


def test_flips_alone_are_exact_and_half():
    images = noise(400, height=3, width=4)
    torch.manual_seed(0)
    found = BatchAugmentation(**{**NONE, "flip": True})(images)
    flipped = (found == images.flip(3)).flatten(1).all(1)
    assert (flipped | (found == images).flatten(1).all(1)).all()
    assert 160 < flipped.sum() < 240


def test_a_seed_repeats_all_and_images_differ():
    images = noise(1).expand(6, -1, -1, -1)
    results = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        results.append(BatchAugmentation()(images))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])
    assert len({image.numpy().tobytes() for image in results[0]}) == 6


def test_the_draws_span_their_ranges():
    torch.manual_seed(0)
    drawn = BatchAugmentation(rotation=20, brightness=0.1, contrast=0.2, saturation=1.5, hue=0.05).draw(20_000)
    assert 0.48 < drawn.mirrored.float().mean() < 0.52
    ranges = [(-20, 20), (0.9, 1.1), (0.8, 1.2), (0, 2.5), (-0.05, 0.05)]
    for values, (low, high) in zip([drawn.degrees, *drawn.factors.T], ranges, strict=True):
        counts, _ = np.histogram(values.numpy(), bins=10, range=(low - 1e-6, high + 1e-6))
        assert counts.sum() == 20_000
        assert counts.min() > 1800
    _, orders = drawn.order.unique(dim=0, return_counts=True)
    assert len(orders) == 24
    assert orders.min() > 650


def test_the_first_images_draws_depend_on_no_later_one():
    drawn = []
    for count in (2, 9):
        torch.manual_seed(0)
        drawn.append(BatchAugmentation().draw(count))
    assert torch.equal(drawn[0].factors, drawn[1].factors[:2])
    assert torch.equal(drawn[0].order, drawn[1].order[:2])


def test_an_image_does_not_depend_on_its_batch(monkeypatch):
    images, drawn = noise(7), BatchAugmentation(**STRONG).draw(7)
    together = augmented(images, drawn).int()
    monkeypatch.setattr(batch_augmentation, "PIXELS", 3 * 33 * 41)  # parts of three, the last of one
    parts = augmented(images, drawn).int()
    alone = torch.cat([augmented(images[[row]], of(drawn, [row])) for row in range(7)]).int()
    last = augmented(images.contiguous(memory_format=torch.channels_last), drawn).int()
    for other in (parts, alone, last):
        assert (other - together).abs().max() <= 1  # sums in another order may round the other way
        assert (other != together).float().mean() < 0.001


def test_grey_pictures_of_three_channels_stay_grey():
    torch.manual_seed(0)
    found = BatchAugmentation()(noise(8, 1).expand(-1, 3, -1, -1)).int()
    assert (found - found[:, :1]).abs().max() <= 1


def test_the_work_is_done_where_the_images_are():
    for strengths in (NONE, {}, {**NONE, "flip": True}, {"rotation": 0.0}):
        found = BatchAugmentation(**strengths)(torch.empty(4, 3, 8, 8, dtype=torch.uint8, device="meta"))
        assert (found.device.type, found.shape, found.dtype) == ("meta", (4, 3, 8, 8), torch.uint8)


def test_the_strengths_are_those_of_single_images():
    assert BatchAugmentation.__init__.__kwdefaults__ == augmentation.__kwdefaults__
    assert repr(BatchAugmentation()).startswith("BatchAugmentation(flip=0.5, rotation=30.0, ")


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(st.integers(0, 4), st.sampled_from([1, 3]), st.integers(1, 20), st.integers(1, 20)),
    value=st.integers(0, 255),
    factors=st.tuples(*[st.floats(0, 3, width=32)] * 3, st.floats(-0.5, 0.5, width=32)),
    order=st.permutations(range(4)),
)
def test_a_flat_grey_picture_only_gets_lighter_or_darker(shape, value, factors, order):
    """Contrast, saturation and hue leave it; nothing leaves 0 ... 255 and comes in again at the other end."""
    images = torch.full(shape, value, dtype=torch.uint8)
    found = augmented(images, draws(len(images), factors=factors, order=order))
    assert found.shape == images.shape
    assert ((found - min(value * factors[0], 255)).abs() <= ROUNDING).all()


def test_datasets_augment_whole_batches():
    images = noise(5)
    dataset = ArrayDataset(images.numpy(), {"a": torch.arange(5)}, BatchAugmentation())
    torch.manual_seed(0)
    found, targets = dataset.__getitems__([4, 1])
    torch.manual_seed(0)
    assert torch.equal(found, BatchAugmentation()(images[[4, 1]]))
    assert targets["a"].tolist() == [4, 1]
    torch.manual_seed(0)
    single = dataset[4][0]
    torch.manual_seed(0)
    assert torch.equal(single, BatchAugmentation()(images[[4]])[0])


def test_bad_input_is_named():
    for wrong in (torch.zeros(3, 8, 8, dtype=torch.uint8), torch.zeros(1, 3, 8, 8), noise(1, 2)):
        with pytest.raises(InputError, match=r"(?s)shape \[.*expected: torch.uint8 and \[B, 1 or 3, H, W\]"):
            BatchAugmentation()(wrong)
    for strengths in ({"rotation": -1}, {"hue": 0.6}, {"contrast": float("nan")}, {"brightness": float("inf")}):
        with pytest.raises(InputError, match=f"(?s){next(iter(strengths))} is .*expected: a number from 0"):
            BatchAugmentation(**strengths)


def test_autocast_changes_nothing():
    images = noise(4, 3)
    torch.manual_seed(0)
    expected = BatchAugmentation()(images)
    torch.manual_seed(0)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(BatchAugmentation()(images), expected)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_sent_together_comes_apart_again(count):
    tensors = (torch.rand(count), torch.rand(count, 3, 3), torch.rand(count, 2))
    together = batch_augmentation._together(tensors)
    assert together.shape == (count, 12)
    for found, tensor in zip(batch_augmentation._apart(together, [t.shape for t in tensors]), tensors, strict=True):
        assert torch.equal(found, tensor)
