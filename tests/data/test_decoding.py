"""OpenCV reads JPEG files as Pillow does, to the last bit, and leaves the others to it."""

import io

import numpy as np
import pytest
from PIL import Image

from gcnlabel.data import decoding
from gcnlabel.data.decoding import draft, pixels

cv2 = pytest.importorskip("cv2", reason="OpenCV is an extra")


def stored(mode="RGB", size=(123, 90), **options):
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(size).convert(mode)
    file = io.BytesIO()
    picture.save(file, options.pop("format", "JPEG"), **options)
    return file.getvalue()


def both(content, mode, shrink, monkeypatch):
    found = []
    for library in (decoding.opencv(), None):
        with monkeypatch.context() as patch, Image.open(io.BytesIO(content)) as image:
            patch.setattr(decoding, "opencv", lambda library=library: library)
            found.append(pixels(image, mode, draft(image, shrink, mode)))
    return found


EXIF = Image.Exif()
EXIF[0x0112] = 6
FILES = {
    "plain": {},
    "progressive": {"progressive": True},
    "all colours": {"subsampling": 0},
    "grey": {"mode": "L"},
    "CMYK": {"mode": "CMYK"},
    "stored on its side": {"exif": EXIF},
    "PNG": {"format": "PNG"},
}


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("shrink", [1, 1.9, 2.1, 4.5, 9])
@pytest.mark.parametrize("name", FILES)
def test_the_same_values_as_by_pillow(name, shrink, mode, monkeypatch):
    found, expected = both(stored(**FILES[name]), mode, shrink, monkeypatch)
    assert found.shape == expected.shape
    assert np.array_equal(found, expected)


def test_opencv_decodes_plain_files(monkeypatch):
    calls = []
    decode = cv2.imdecode
    monkeypatch.setattr(cv2, "imdecode", lambda *given: calls.append(given) or decode(*given))
    with Image.open(io.BytesIO(stored())) as image:
        pixels(image, "RGB")
    assert len(calls) == 1


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_truncated_file_is_no_picture(share):
    content = stored(size=(400, 300))
    with Image.open(io.BytesIO(content[: int(len(content) * share)])) as image, pytest.raises(OSError, match="trunc"):
        pixels(image, "RGB")


def test_a_picture_that_is_decoded_already():
    with Image.open(io.BytesIO(stored())) as image:
        image.load()
        assert np.array_equal(pixels(image, "RGB"), np.asarray(image))
