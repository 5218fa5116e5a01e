"""Alignment against steps done one after the other, and against pictures that are known at every point."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import EYES_EQUAL, EYES_OUTSIDE, EYES_UNKNOWN, OUTSIDE, PADDED, align_face, place_face

UNKNOWN = np.full((2, 2), np.nan)


def waves(x, y):
    """A smooth picture, 0..255, known at every point."""
    return 127.5 + 60 * np.sin(x / 23 + 0.4) + 60 * np.cos(y / 31 - x / 57)


def picture(width, height):
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return waves(x, y).round().astype(np.uint8)


def points_step_by_step(box, eyes, size):
    """Where in the picture each output pixel lies: turn the picture about the eyes' midpoint, find the box's centre in
    the turned picture, crop there, scale; and all of that backwards, with complex numbers for points."""
    left, right = (complex(*eye) for eye in eyes)
    middle, turn = (left + right) / 2, (right - left) / abs(right - left)
    centre = complex(box[0] + box[2], box[1] + box[3]) / 2
    centre_in_turned = middle + (centre - middle) / turn
    line = (np.arange(size) + 0.5) / size - 0.5
    in_turned = centre_in_turned + line[None, :] * (box[2] - box[0]) + 1j * line[:, None] * (box[3] - box[1])
    return middle + (in_turned - middle) * turn


boxes = st.tuples(st.floats(40, 80), st.floats(40, 80), st.floats(20, 120), st.floats(20, 120)).map(
    lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]
)
eye_pairs = st.tuples(st.floats(90, 110), st.floats(90, 110), st.floats(10, 40), st.floats(-3.1, 3.1)).map(
    lambda e: [[e[0], e[1]], [e[0] + e[2] * math.cos(e[3]), e[1] + e[2] * math.sin(e[3])]]
)


@settings(max_examples=60, deadline=None)
@given(box=boxes, eyes=eye_pairs, size=st.integers(1, 24))
def test_one_warp_is_the_papers_steps(box, eyes, size):
    matrix = place_face((300, 300), box, eyes).matrix(size)
    x, y = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    points = np.tensordot(matrix, np.stack([x, y, np.ones_like(x)]), 1)
    expected = points_step_by_step(box, eyes, size)
    np.testing.assert_allclose(points, [expected.real, expected.imag], atol=1e-8)


def test_enlarged_pixels_are_bilinear():
    image = picture(240, 200)
    box, eyes = [60, 50, 160, 140], [[90, 80], [130, 95]]
    aligned = align_face(image, box, eyes, 128, channels=1)[..., 0]
    points = points_step_by_step(box, eyes, 128)
    expected = ndimage.map_coordinates(image.astype(float), [points.imag - 0.5, points.real - 0.5], order=1)
    assert np.abs(aligned - expected).max() <= 1


@pytest.mark.parametrize("size", [100, 40, 24])
@pytest.mark.parametrize("angle", [0.0, 0.3, -1.2])
def test_a_shrunk_face_shows_the_picture_where_it_should(size, angle):
    image = Image.fromarray(picture(640, 480))
    box, eyes = [180, 120, 420, 360], [[300, 200], [300 + 50 * math.cos(angle), 200 + 50 * math.sin(angle)]]
    aligned = align_face(image, box, eyes, size, channels=1)[..., 0].astype(float)
    points = points_step_by_step(box, eyes, size)
    difference = np.abs(aligned - waves(points.real, points.imag))
    assert difference.mean() < 2
    assert difference.max() < 8
    shifted = points + 240 / size  # one output pixel to the right: that is told apart
    assert np.abs(aligned - waves(shifted.real, shifted.imag)).mean() > 2 * difference.mean()


def test_a_jpeg_is_decoded_small_and_shows_the_same(tmp_path):
    image = Image.fromarray(picture(1600, 1200)).convert("RGB")
    image.save(tmp_path / "a.jpg", quality=98)
    box, eyes = [300, 200, 1300, 1100], [[600, 500], [1000, 620]]
    with Image.open(tmp_path / "a.jpg") as opened:
        small = align_face(opened, box, eyes, 64)
        assert opened.size[0] < 1600
    assert np.abs(small.astype(float) - align_face(image, box, eyes, 64)).mean() < 1.5


def test_fine_patterns_become_even_and_not_stripes():
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (400, 200))
    aligned = align_face(stripes, [50, 50, 350, 350], UNKNOWN, 30, channels=1)
    assert np.abs(aligned.astype(float) - 127.5).max() < 16


def test_outside_is_black_and_counted():
    white = np.full((100, 100), 255, dtype=np.uint8)
    placement = place_face((100, 100), [-50, 0, 50, 100], UNKNOWN)
    assert placement.remarks == (EYES_UNKNOWN, PADDED)
    aligned = align_face(white, [-50, 0, 50, 100], UNKNOWN, 50, channels=1)[..., 0]
    assert (aligned[:, :24] == 0).all()
    assert (aligned[:, 26:] == 255).all()
    placement = place_face((100, 100), [200, 200, 300, 300], UNKNOWN)
    assert placement.remarks == (EYES_UNKNOWN, OUTSIDE)
    assert (align_face(white, [200, 200, 300, 300], UNKNOWN, 20) == 0).all()
    assert (align_face(white, [2000, 2000, 3000, 3000], UNKNOWN, 20) == 0).all()


def test_a_turned_box_beyond_the_edge_is_padded():
    level, turned = [[40, 40], [60, 40]], [[40, 40], [60, 60]]
    assert place_face((100, 100), [0, 0, 100, 100], level).remarks == ()
    assert place_face((100, 100), [0, 0, 100, 100], turned).remarks == (PADDED,)


@pytest.mark.parametrize(
    ("eyes", "remark"),
    [
        (UNKNOWN, EYES_UNKNOWN),
        ([[30, 30], [30, 30]], EYES_EQUAL),
        ([[-1, 30], [50, 30]], EYES_OUTSIDE),
        ([[30, 30], [50, 101]], EYES_OUTSIDE),
        ([[30, 30], [np.inf, 40]], EYES_UNKNOWN),
    ],
)
def test_eyes_that_cannot_be_used_are_counted_and_do_not_turn(eyes, remark):
    placement = place_face((100, 100), [20, 20, 60, 60], eyes)
    assert placement.angle == 0
    assert placement.remarks == (remark,)


def test_no_box_is_the_whole_picture():
    placement = place_face((80, 60), np.full(4, np.nan), UNKNOWN)
    assert placement.centre.tolist() == [40, 30]
    assert placement.extent.tolist() == [80, 60]


@pytest.mark.parametrize("box", [[10, 10, 10, 20], [10, 20, 20, 10], [0, 0, np.inf, 10], [0, np.nan, 10, 10]])
def test_an_empty_box_is_an_error(box):
    with pytest.raises(InputError, match=r"empty box .*\n.*x1 < x2"):
        place_face((100, 100), box, UNKNOWN)


def test_grey_and_colour():
    colour = np.dstack([picture(60, 60)] * 3)
    grey = align_face(colour, [5, 5, 50, 50], UNKNOWN, 20, channels=1)
    assert grey.shape == (20, 20, 1)
    np.testing.assert_allclose(align_face(colour[..., :1], [5, 5, 50, 50], UNKNOWN, 20)[..., 2], grey[..., 0], atol=1)
