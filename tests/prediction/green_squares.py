"""A detector of green squares, drawn photographs of them, and clips of such photographs."""

from fractions import Fraction

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from gcnlabel.faces.places import FacePlace
from gcnlabel.prediction.detectors import Detection


class GreenSquares:
    """Finds green areas of at least 30 pixels, the largest first; its score is how much of the box is green."""

    def __init__(self, least):
        self.least = least

    def find(self, picture):
        assert picture.mode == "RGB"
        pixels = np.asarray(picture).astype(int)
        green = (pixels[..., 1] > 150) & (pixels[..., 0] < 110) & (pixels[..., 2] < 110)
        areas, _ = ndimage.label(green)
        found = []
        for number, (rows, columns) in enumerate(ndimage.find_objects(areas), 1):
            box = np.array([columns.start, rows.start, columns.stop, rows.stop], dtype=float)
            filled = (areas[rows, columns] == number).mean()
            if (areas == number).sum() >= self.least:
                found.append(Detection(box, float(filled), FacePlace(box, np.full((2, 2), np.nan))))
        return sorted(found, key=lambda one: -float(np.prod(one.box[2:] - one.box[:2])))


def green_squares(*, least: int = 30):
    """Return a detector of green areas.

    Args:
        least: Pixels that count.
    """
    return GreenSquares(least)


def no_detector():
    """Return what is no detector."""
    return 3


def squares(*boxes, size=(120, 80)):
    """A photograph of green squares x, y, side on grey."""
    picture = Image.new("RGB", size, (90, 90, 90))
    for x, y, side in boxes:
        ImageDraw.Draw(picture).rectangle((x, y, x + side - 1, y + side - 1), fill=(0, 255, 0))
    return picture


def write_clip(path, pictures, *, times=None, rate=25, codec="mpeg4", rotation=0, options=None, pixels="yuv420p"):
    """Encode pictures, shown at times in seconds (even ones by the rate unless given)."""
    import av

    ticks = 1000 * rate
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options={"qscale": "2"} if options is None else options)
        stream.width, stream.height, stream.pix_fmt = *pictures[0].size, pixels
        if rotation:
            stream.set_display_rotation(rotation)
        stream.codec_context.time_base = Fraction(1, ticks)
        for i, picture in enumerate(pictures):
            frame = av.VideoFrame.from_image(picture)
            frame.pts, frame.time_base = round((i / rate if times is None else times[i]) * ticks), Fraction(1, ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
