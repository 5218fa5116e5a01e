"""Both roads of the warp against each other, and against the mean over the area of each output pixel."""

import math

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from gcnlabel.data.opencv import opencv
from gcnlabel.faces import warp
from gcnlabel.faces.alignment import place_face, warp_faces

with_opencv = pytest.mark.skipif(opencv() is None, reason="OpenCV is an extra")
TURNS = [0, 8, -20]


@pytest.fixture(scope="module")
def photograph():
    """A portrait, 512 x 600, that comes with matplotlib."""
    with Image.open(f"{mpl.get_data_path()}/sample_data/grace_hopper.jpg") as image:
        return np.asarray(image.convert("RGB"))


def placed(degrees, side, centre=(256, 300)):
    turn = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]) * side / 5
    middle = np.array(centre)
    return place_face((512, 600), [*(middle - side / 2), *(middle + side / 2)], [middle - turn, middle + turn])


def faces(photograph, place, size, monkeypatch, library):
    with monkeypatch.context() as patch:
        patch.setattr(warp, "opencv", lambda: library)
        return warp_faces(Image.fromarray(photograph), [place], size)[0].astype(float)


def area_means(photograph, place, size, fine=6):
    """The mean of the picture over each output pixel, [3, size, size]."""
    line = (np.arange(size * fine) + 0.5) / fine
    x, y = np.meshgrid(line, line)
    points = np.tensordot(place.matrix(size), np.stack([x, y, np.ones_like(x)]), 1) - 0.5
    planes = [ndimage.map_coordinates(p.astype(float), points[::-1], order=1) for p in photograph.transpose(2, 0, 1)]
    return np.stack(planes).reshape(3, size, fine, size, fine).mean((2, 4))


@with_opencv
@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("size", [50, 110, 160, 227, 400])
@pytest.mark.parametrize("centre", [(256, 300), (150, 200), (500, 590)])
def test_both_roads_give_the_same(size, degrees, centre, photograph, monkeypatch):
    place = placed(degrees, 360, centre)
    found, expected = (faces(photograph, place, size, monkeypatch, library) for library in (opencv(), None))
    difference = np.abs(found - expected)
    edge = (found == 0).all(0) != (expected == 0).all(0)  # a centre that lies on the picture's edge
    assert edge.mean() < 0.001
    assert difference[:, ~edge].max() <= 2
    assert difference.mean() < 0.6  # Pillow rounds down


@with_opencv
@pytest.mark.parametrize("eyes", [np.full((2, 2), np.nan), [[150, 200], [250, 230]]])
@pytest.mark.parametrize("box", [[100, 100, 300, 460], [60, 200, 500, 430]])
def test_both_roads_blur_each_axis_as_it_shrinks(box, eyes, photograph, monkeypatch):
    place = place_face((512, 600), box, eyes)
    found, expected = (faces(photograph, place, 227, monkeypatch, library) for library in (opencv(), None))
    assert np.abs(found - expected).max() <= 2


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("library", [pytest.param(True, marks=with_opencv), False])
def test_faces_of_one_picture_are_black_outside_of_it(library, channels, photograph, monkeypatch):
    monkeypatch.setattr(warp, "opencv", lambda: opencv() if library else None)
    white, unknown = Image.fromarray(np.full_like(photograph, 255)), np.full((2, 2), np.nan)
    boxes = [[-100, 100, 100, 300], [100, 100, 300, 300], [600, 100, 800, 300]]
    found = warp_faces(white, [place_face((512, 600), box, unknown) for box in boxes], 100, channels)
    assert (found[0, :, :, :50] == 0).all()
    assert (found[0, :, :, 50:] == 255).all()
    assert (found[1] == 255).all()
    assert (found[2] == 0).all()


@pytest.mark.parametrize("library", [pytest.param(True, marks=with_opencv), False])
@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("size", [155, 200, 240])  # the face shrinks 1.9, 1.5 and 1.25 times
def test_a_pixel_is_about_the_mean_over_its_area(size, degrees, library, photograph, monkeypatch):
    place = placed(degrees, 300)
    found = faces(photograph, place, size, monkeypatch, opencv() if library else None)
    expected = area_means(photograph, place, size)
    assert np.abs(found - expected).mean() < 1.5
    beside = np.roll(expected, 1, axis=2)  # one pixel further: that is told apart
    assert np.abs(found - beside)[:, :, 1:].mean() > 2 * np.abs(found - expected).mean()


@pytest.mark.parametrize("library", [pytest.param(True, marks=with_opencv), False])
def test_the_whole_picture_at_its_size_is_itself(library, photograph, monkeypatch):
    square = photograph[:200, :200]
    place = place_face((200, 200), np.full(4, np.nan), np.full((2, 2), np.nan))
    assert np.array_equal(
        faces(square, place, 200, monkeypatch, opencv() if library else None).transpose(1, 2, 0), square
    )
    enlarged = faces(
        np.full((9, 9, 3), 200, dtype=np.uint8),
        place_face((9, 9), [0, 0, 9, 9], np.full((2, 2), np.nan)),
        50,
        monkeypatch,
        opencv() if library else None,
    )
    assert (enlarged == 200).all()  # no dark border
