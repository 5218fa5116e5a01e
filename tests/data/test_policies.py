"""Augmentations by torchvision: each image by its own draws, sizes and types kept, repeated by a seed."""

import pytest
import torch
from torchvision.transforms import v2

from gcnlabel.config import load_config
from gcnlabel.data import AUGMENTATIONS
from gcnlabel.errors import InputError

NAMES = ("rand-augment", "trivial-augment", "resized-crop", "multi-scale-crop", "erase")


def pictures(count=6, channels=3, height=24, width=32):
    draw = torch.Generator().manual_seed(0)
    return torch.randint(1, 256, (count, channels, height, width), dtype=torch.uint8, generator=draw)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_shape_and_type_stay_and_a_seed_repeats(name, channels):
    images, change = pictures(channels=channels), AUGMENTATIONS.make(name)
    before = images.clone()
    torch.manual_seed(3)
    first = change(images)
    torch.manual_seed(3)
    again = change(images)
    assert (first.shape, first.dtype) == (images.shape, torch.uint8)
    assert torch.equal(first, again)
    assert torch.equal(images, before)
    assert not torch.equal(first, images)
    assert change(images[0]).shape == images[0].shape


def test_each_image_has_its_own_draws():
    same = pictures(1).repeat(12, 1, 1, 1)
    for name in NAMES:
        torch.manual_seed(0)
        assert len({tuple(image.flatten().tolist()) for image in AUGMENTATIONS.make(name)(same)}) > 2, name


def test_they_are_torchvisions():
    image = pictures()[0]
    for settings, theirs in (
        ({"name": "rand-augment", "steps": 3, "magnitude": 20}, v2.RandAugment(3, 20)),
        ("trivial-augment", v2.TrivialAugmentWide()),
        ({"name": "resized-crop", "scale": [0.3, 0.6]}, v2.RandomResizedCrop((24, 32), (0.3, 0.6), (0.75, 4 / 3))),
    ):
        torch.manual_seed(5)
        wanted = theirs(image)
        torch.manual_seed(5)
        assert torch.equal(AUGMENTATIONS.make(settings)(image[None])[0], wanted)


def test_erasing_takes_the_share_that_is_asked_for():
    images = pictures(400, height=20, width=20)
    torch.manual_seed(0)
    changed = AUGMENTATIONS.make({"name": "erase", "share": 0.3, "scale": [0.1, 0.1]})(images)
    erased = (changed == 0).all(1).flatten(1).float().mean(1)
    assert 0.22 < (erased > 0).float().mean() < 0.38
    assert erased[erased > 0] == pytest.approx(0.1, abs=0.03)


def test_crops_are_of_the_sizes_and_places_that_are_said():
    """A picture whose values are its rows shows what was cropped of it."""
    rows = torch.arange(0, 240, 10, dtype=torch.uint8).view(1, 1, 24, 1).expand(200, 1, 24, 24)
    torch.manual_seed(0)
    changed = AUGMENTATIONS.make({"name": "multi-scale-crop", "sizes": [0.5]})(rows.contiguous())
    spans = {(int(image.min()) // 10, int(image.max()) // 10) for image in changed}
    assert spans == {(0, 11), (6, 17), (12, 23)}


def test_several_after_each_other():
    images, settings = pictures(), {"name": "sequence", "of": [{"name": "flip", "share": 1}, "none", "erase"]}
    torch.manual_seed(1)
    changed = AUGMENTATIONS.make(settings)(images)
    torch.manual_seed(1)
    one, two = AUGMENTATIONS.make({"name": "flip", "share": 1}), AUGMENTATIONS.make("erase")
    assert torch.equal(changed, two(one(images)))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"name": "erase", "scale": [0.4, 0.2]}, "0.4 is above 0.2"),
        ({"name": "multi-scale-crop", "sizes": [0]}, "greater than 0"),
        ({"name": "sequence", "of": []}, "at least 1"),
        ({"name": "sequence", "of": ["rand-augmnet"]}, "did you mean 'rand-augment'"),
        ({"name": "rand-augment", "magnitude": 31}, "less than or equal to 30"),
    ],
)
def test_settings_are_checked(settings, says):
    with pytest.raises(InputError, match=says):
        AUGMENTATIONS.checked(settings)


def test_a_config_names_them():
    config = load_config("synthetic-faces", ["training.augment={name: sequence, of: [flip, rand-augment]}"])
    assert [part.name for part in config.training.augment.of] == ["flip", "rand-augment"]
