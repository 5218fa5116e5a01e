"""The geometry of the published loader, derived anew step by step: turn the whole picture, then crop, then scale."""

import math

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import CENTRE, EMOTION_GCN_CODE, align_face, place_face

SIZE = 227
BOX = np.array([180.0, 150.0, 180 + 240, 150 + 250])


def picture(width=640, height=560):
    """Smooth patches of all sizes: a shift by a pixel is told apart, and nothing is finer than a pixel."""
    noise = np.random.default_rng(0).standard_normal((height, width))
    layers = [ndimage.gaussian_filter(noise, sigma) * sigma for sigma in (2.5, 6, 15, 40)]
    values = sum(layers)
    return np.clip(127 + 45 * values / values.std(), 0, 255).round().astype(np.uint8)


def eyes(degrees, distance=90.6):
    turn = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    middle = np.array([301.7, 240.4])
    return np.array([middle - distance / 2 * turn, middle + distance / 2 * turn])


def step_by_step(image, box, points):
    """The picture turned about the eyes' midpoint as a whole; the crop from where the box's corner is then."""
    left, right = np.floor(points)
    middle = (left + right) / 2
    angle = math.atan2(right[1] - left[1], right[0] - left[0])
    c, s = math.cos(angle), math.sin(angle)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(float)
    from_x = middle[0] + c * (x - middle[0]) - s * (y - middle[1])
    from_y = middle[1] + s * (x - middle[0]) + c * (y - middle[1])
    turned = ndimage.map_coordinates(image.astype(float), [from_y, from_x], order=1, cval=0)
    offset = box[:2] - middle
    corner = middle + np.array([c * offset[0] + s * offset[1], -s * offset[0] + c * offset[1]])
    x1, y1 = np.round(corner).astype(int)
    width, height = (box[2:] - box[:2]).astype(int)
    crop = turned[y1 : y1 + height, x1 : x1 + width]
    scaled = Image.fromarray(crop.round().astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    return np.asarray(scaled, dtype=float)


def rms(one, other):
    return math.sqrt(((one - other) ** 2).mean())


def best_shift(one, other, reach=60, step=4):
    """By how many pixels ``one`` has to be moved to be most like ``other``: searched coarsely, then finely."""

    def difference(dx, dy):
        a = one[max(0, dy) : SIZE + min(0, dy), max(0, dx) : SIZE + min(0, dx)]
        b = other[max(0, -dy) : SIZE + min(0, -dy), max(0, -dx) : SIZE + min(0, -dx)]
        return rms(a, b)

    coarse = range(-reach, reach + 1, step)
    _, x, y = min((difference(dx, dy), dx, dy) for dx in coarse for dy in coarse)
    fine = range(-step, step + 1)
    _, x, y = min((difference(x + dx, y + dy), x + dx, y + dy) for dx in fine for dy in fine)
    return math.hypot(x, y)


@pytest.mark.parametrize("degrees", [0, 10, 20, -20])
def test_the_crop_is_the_published_one(degrees):
    image, points = picture(), eyes(degrees)
    expected = step_by_step(image, BOX, points)
    found = align_face(image, BOX, points, SIZE, channels=1, alignment=EMOTION_GCN_CODE)[..., 0].astype(float)
    assert best_shift(found, expected) == 0
    assert rms(found, expected) < 3


@pytest.mark.parametrize(("degrees", "least", "most"), [(0, 0, 1), (10, 24, 32), (20, 50, 62)])
def test_ours_is_another_crop_where_the_head_is_turned(degrees, least, most):
    image, points = picture(), eyes(degrees)
    ours = align_face(image, BOX, points, SIZE, channels=1)[..., 0].astype(float)
    assert least <= best_shift(ours, step_by_step(image, BOX, points), reach=72) <= most


def test_eye_centres_are_cut_down_to_whole_pixels():
    box = [10, 10, 50, 50]
    sharp = place_face((100, 100), box, [[20.9, 30.9], [40.1, 30.1]], EMOTION_GCN_CODE)
    assert sharp.angle == 0
    assert place_face((100, 100), box, [[20.9, 30.9], [40.1, 30.1]], CENTRE).angle < 0
    turned = place_face((100, 100), box, [[20, 20], [40, 40]], EMOTION_GCN_CODE)
    np.testing.assert_allclose(turned.matrix(40) @ [0, 0, 1], [10, 10], atol=1e-9)  # the corner is a fixed point
    np.testing.assert_allclose(turned.matrix(40) @ [40, 0, 1], [10 + 40 * 0.5**0.5] * 2, atol=1e-9)


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="alignment 'eyes'\n.*centre or emotion-gcn-code"):
        place_face((10, 10), [0, 0, 5, 5], np.full((2, 2), np.nan), "eyes")


NO_IMAGES = "have no effect without images"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"source": "aff-wild2", "path": "x", "alignment": "emotion-gcn-code"}, "unknown key 'data.alignment'"),
        ({"source": "emotic", "path": "x", "alignment": "emotion-gcn-code"}, "unknown key 'data.alignment'"),
        ({"source": "affectnet", "path": "x", "alignment": "corner"}, "data.alignment|alignment"),
        ({"source": "table", "annotations": "t", "features": "x", "alignment": "centre"}, NO_IMAGES),
        ({"source": "table", "annotations": "t", "features": "x", "allow_missing": 0.1}, NO_IMAGES),
    ],
)
def test_a_config_names_it_only_where_it_has_an_effect(data, message):
    with pytest.raises(InputError, match=message):
        parse_config({"data": data})
