"""Faces of the renderer, turned in their photographs, whose eyes are known: AffectNet as it is released, in small."""

import math

import numpy as np
from PIL import Image

from gcnlabel.faces.synthetic.action_units import UNITS
from gcnlabel.faces.synthetic.renderer import render
from gcnlabel.faces.synthetic.subjects import Identity, Scene

HEADER = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"
EYE_DISTANCE, EYE_HEIGHT = 0.28, 0.14
WHO = {
    "width": 0.7, "height": 0.88, "eye_distance": EYE_DISTANCE, "eye_height": EYE_HEIGHT, "eye_size": 0.15,
    "brow_height": 0.24, "brow_width": 0.05, "nose": 0.2, "mouth_height": -0.46, "mouth_width": 0.25,
    "skin": 0.75, "hair": 0.6, "background": 0.9,
}  # fmt: skip
LIGHT = {"light_angle": 0, "light": 0, "noise": 0}
FACE = 320  # pixels of a photograph that the 64 of the renderer are enlarged to
PHOTO = (520, 440)


def photograph(angle, shift, corner):
    """A photograph uint8 [440, 520] of a face without expression, and the centres of its eyes in it, [2, 2].

    The pupils are the only black in it.
    """
    seen = {"angle": angle, "scale": 1, "shift_x": shift[0], "shift_y": shift[1], **LIGHT}
    identity, scene = (
        kind(**{key: np.array([value], dtype=np.float32) for key, value in values.items()})
        for kind, values in ((Identity, WHO), (Scene, seen))
    )
    drawn = render(np.zeros((1, len(UNITS))), identity, scene, np.random.default_rng(0))[0, 0]
    photo = Image.new("L", PHOTO, 160)
    photo.paste(Image.fromarray(drawn).resize((FACE, FACE), Image.Resampling.BICUBIC), corner)
    turn = complex(math.cos(angle), math.sin(angle))
    eyes = [complex(side * EYE_DISTANCE, EYE_HEIGHT) * turn + complex(*shift) for side in (-1, 1)]
    centres = [[corner[0] + (1 + eye.real) / 2 * FACE, corner[1] + (1 - eye.imag) / 2 * FACE] for eye in eyes]
    return np.asarray(photo), np.array(centres)


def landmarks(eyes):
    """68 points as text; the six around each eye have its centre as their mean."""
    points = np.full((68, 2), 5.0)
    around = np.array([[-9, 0], [-3, 5], [3, 5], [9, 0], [3, -5], [-3, -5]])
    points[36:42], points[42:48] = around + eyes[0], around + eyes[1]
    return ";".join(f"{value:.4f}" for value in points.ravel())


def write_turned_faces(root, angles):
    """An AffectNet folder of one face an angle; returns boxes [N, 4] and eyes [N, 2, 2]."""
    lists, images = root / "Manually_Annotated_file_lists", root / "Manually_Annotated_Images"
    lists.mkdir(parents=True)
    boxes, centres, rows = [], [], {"training": [HEADER], "validation": [HEADER]}
    for i, angle in enumerate(angles):
        corner, shift = (40 + 7 * (i % 9), 30 + 5 * (i % 11)), (0.05 * math.sin(i), 0.05 * math.cos(i))
        photo, eyes = photograph(angle, shift, corner)
        path = images / str(i % 3) / f"{i}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).convert("RGB").save(path, quality=95)
        box = [corner[0] + 40, corner[1] + 36, 230 + i % 5, 250]
        cells = [f"{i % 3}/{i}.jpg", *box, landmarks(eyes), i % 7, round(math.cos(i), 3), round(math.sin(i), 3)]
        rows["validation" if i % 4 == 3 else "training"].append(",".join(str(cell) for cell in cells))
        boxes.append([box[0], box[1], box[0] + box[2], box[1] + box[3]])
        centres.append(eyes)
    for name, lines in rows.items():
        (lists / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return np.array(boxes, dtype=float), np.array(centres)


def pupils(aligned):
    """Centres of the black spots left and right of the middle of an aligned face [size, size], [2, 2]."""
    size = len(aligned)
    y, x = np.nonzero(aligned < 60)
    assert len(x) > 0
    halves = [x < size / 2, x >= size / 2]
    return np.array([[x[half].mean() + 0.5, y[half].mean() + 0.5] for half in halves])
