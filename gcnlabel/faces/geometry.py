"""Description of the face alignment, for users of exported files."""

from __future__ import annotations

ALIGNED = (
    "one affine map: output point (X, Y) of a square of side S shows the image, rotated by its EXIF orientation, at "
    "{point}, with {names}, width and height of the face's box (without a box: of the image) and a the angle of the "
    "line through the eye centres{eyes} (unknown: 0), y down, pixel edges at integers; bilinear, with antialiasing if "
    "the face is reduced; black outside"
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
        "eyes": ", whose coordinates are truncated to integers",
    },
}
"""Alignment -> variable parts of its description."""


def aligned_faces(alignment: str) -> tuple[str, str]:
    """Return a short and an exact description of the alignment.

    Args:
        alignment: One of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
    """
    return "faces aligned and cropped", ALIGNED.format(**POINTS[alignment])
