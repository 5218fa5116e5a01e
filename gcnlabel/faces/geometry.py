"""How faces are aligned, as an exported file says it to whoever prepares its input."""

from __future__ import annotations

ALIGNED = (
    "the face in one affine map: output point (X, Y) of a square of side S shows the picture, upright as its EXIF data "
    "say, at {point}, with {names}, width and height of the face's box (without one: of the picture) and a the angle "
    "of the line through the eye centres{eyes} (unknown: 0), y down, pixel edges at whole numbers; bilinear, after "
    "antialiasing where the face shrinks; black outside"
)
POINTS = {
    "centre": {
        "point": "c + (X / S - 1/2) w (cos a, sin a) + (Y / S - 1/2) h (-sin a, cos a)",
        "names": "c, w, h the centre",
        "eyes": "",
    },
    "emotion-gcn-code": {
        "point": "o + X / S w (cos a, sin a) + Y / S h (-sin a, cos a)",
        "names": "o, w, h the upper left corner",
        "eyes": ", whose coordinates are cut down to whole numbers",
    },
}
"""How faces are aligned, by the name of the alignment."""


def aligned_faces(alignment: str) -> tuple[str, str]:
    """Return how faces are brought to size, in a few words and exactly.

    Args:
        alignment: One of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
    """
    return "faces turned upright and cropped", ALIGNED.format(**POINTS[alignment])
