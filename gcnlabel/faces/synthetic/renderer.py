"""Render small grey images of faces from action units and identities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gcnlabel.faces.synthetic.action_units import UNITS
from gcnlabel.faces.synthetic.drawing import Canvas, Floats, column
from gcnlabel.faces.synthetic.subjects import Identity, Scene

SIZE = 64


def render(
    units: npt.NDArray[np.floating], identity: Identity, scene: Scene, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return images [B, 1, 64, 64] of faces.

    Args:
        units: Intensity of each action unit, 0..1, [B, units].
        identity: Shape of each face.
        scene: Pose and light of each image.
        rng: Random generator for pixel noise.
    """
    au = {unit: np.asarray(units[:, i], dtype=np.float32) for i, unit in enumerate(UNITS)}
    canvas = _canvas(identity, scene)
    _head(canvas, identity)
    for side, columns in ((-1, slice(0, 44)), (1, slice(20, SIZE))):
        part = canvas.window(slice(0, 58), columns)
        _eye(part, identity, au, np.float32(side))
        _brow(part, identity, au, np.float32(side))
        _cheek(part, identity, au, np.float32(side))
    _nose(canvas.window(slice(14, 54), slice(14, 50)), identity, au)
    _mouth(canvas.window(slice(28, SIZE), slice(4, 60)), identity, au)
    x, y = _grid()
    light = column(np.cos(scene.light_angle)) * x + column(np.sin(scene.light_angle)) * y
    image = canvas.image * (1 + column(scene.light) * light)
    image += column(scene.noise) * rng.standard_normal(image.shape, dtype=np.float32)
    return (image.clip(0, 1) * 255).round().astype(np.uint8)[:, None]


def _grid() -> tuple[Floats, Floats]:
    line = ((np.arange(SIZE) + 0.5) / SIZE * 2 - 1).astype(np.float32)
    return line[None, None, :], -line[None, :, None]


def _canvas(identity: Identity, scene: Scene) -> Canvas:
    """Return a canvas in the coordinates of each face: the pixel grid, inversely shifted, scaled and rotated."""
    x, y = _grid()
    x, y = (x - column(scene.shift_x)) / column(scene.scale), (y - column(scene.shift_y)) / column(scene.scale)
    cos, sin = column(np.cos(scene.angle)), column(np.sin(scene.angle))
    return Canvas(cos * x + sin * y, cos * y - sin * x, 2 / SIZE, identity.background)


def _head(canvas: Canvas, who: Identity) -> None:
    zero = np.zeros_like(who.width)
    canvas.paint(canvas.ellipse(zero, zero + 0.1, who.width * 1.1, who.height * 1.02), who.hair)
    canvas.paint(canvas.ellipse(zero, zero - 0.08, who.width, who.height * 0.9), who.skin)


def _eye(canvas: Canvas, who: Identity, au: dict[int, Floats], side: np.float32) -> None:
    opening = (0.5 + 0.45 * au[5] - 0.18 * au[6] - 0.22 * au[7] - 0.42 * au[43]).clip(0.08, 1.1)
    x, width = side * who.eye_distance, who.eye_size
    height = who.eye_size * opening
    upper, lower = who.eye_height, who.eye_height + 0.03 * au[6] + 0.02 * au[7]
    white = canvas.ellipse(x, lower, width, height)
    canvas.paint(white, 0.97)
    canvas.paint(white * canvas.ellipse(x, upper, 0.48 * width, 0.52 * width), 0.08)
    lid = [(x - side * width, upper), (x, upper + height), (x + side * width, upper)]
    canvas.paint(canvas.stroke(lid, 0.03), 0.15)


def _brow(canvas: Canvas, who: Identity, au: dict[int, Floats], side: np.float32) -> None:
    base = who.eye_height + who.brow_height
    inner = base + 0.13 * au[1] - 0.13 * au[4] * (1 - 0.8 * au[1]) - 0.04 * au[9]
    middle = base + 0.04 + 0.09 * au[1] + 0.10 * au[2] - 0.09 * au[4] * (1 - 0.6 * au[1])
    outer = base - 0.02 - 0.05 * au[1] * (1 - au[2]) + 0.11 * au[2] - 0.02 * au[4]
    start = who.eye_distance - 0.14 - 0.05 * au[4]
    points = [
        (side * start, inner),
        (side * (who.eye_distance + 0.02), middle),
        (side * (who.eye_distance + 0.17), outer),
    ]
    canvas.paint(canvas.stroke(points, who.brow_width), who.hair * 0.8)
    furrow = [(side * (start - 0.07), base - 0.08), (side * (start - 0.07), base + 0.04)]
    canvas.paint(canvas.stroke(furrow, 0.025) * column(0.7 * au[4]), who.skin * 0.55)


def _cheek(canvas: Canvas, who: Identity, au: dict[int, Floats], side: np.float32) -> None:
    under = who.eye_height - 0.16
    crease = [
        (side * (who.eye_distance - 0.13), under),
        (side * who.eye_distance, under - 0.04),
        (side * (who.eye_distance + 0.14), under + 0.03),
    ]
    canvas.paint(canvas.stroke(crease, 0.03) * column(0.7 * au[6]), who.skin * 0.6)
    fold = [(side * 0.13, who.mouth_height + 0.27), (side * (who.mouth_width + 0.09), who.mouth_height + 0.06)]
    strength = np.maximum(0.7 * au[12], 0.9 * np.maximum(au[9], au[10]))
    canvas.paint(canvas.stroke(fold, 0.03) * column(strength), who.skin * 0.6)


def _nose(canvas: Canvas, who: Identity, au: dict[int, Floats]) -> None:
    tip = who.eye_height - 0.12 - who.nose + 0.06 * au[9]
    zero = np.zeros_like(tip)
    flare = 0.07 + 0.03 * au[9]
    canvas.paint(
        canvas.stroke([(zero + 0.03, who.eye_height - 0.02), (zero + 0.05, tip)], 0.025) * 0.5, who.skin * 0.75
    )
    canvas.paint(canvas.stroke([(-flare, tip), (zero, tip - 0.03), (flare, tip)], 0.035), who.skin * 0.55)
    for k in range(3):
        y = who.eye_height - 0.03 - 0.07 * k
        wrinkle = [(zero - 0.09, y + 0.03), (zero, y), (zero + 0.09, y + 0.03)]
        canvas.paint(canvas.stroke(wrinkle, 0.025) * column(0.8 * au[9]), who.skin * 0.55)


def _mouth(canvas: Canvas, who: Identity, au: dict[int, Floats]) -> None:
    half = who.mouth_width * (1 + 0.25 * au[12] + 0.35 * au[20] - 0.12 * au[23] - 0.15 * au[26])
    corner = who.mouth_height + 0.15 * au[12] - 0.12 * au[15] - 0.04 * au[20] - 0.10 * au[26]
    top = who.mouth_height + 0.06 * au[10] + 0.04 * au[17] - 0.02 * au[12] + 0.05 * au[26]
    gap = 0.40 * au[26] + 0.10 * (au[12] - 0.45).clip(0) + 0.06 * au[20]
    lip = 0.085 - 0.035 * au[23] - 0.02 * au[12]
    arch = (1 - (canvas.x / column(half)) ** 2).clip(0)
    upper = column(corner) + column(top - corner) * arch
    lower = column(corner) + column(top - corner - gap) * arch
    band = column(lip) * (0.35 + 0.65 * arch) / 2
    canvas.paint(canvas.between(lower - 1.3 * band, upper + band, -half, half), who.skin * 0.55)
    inside = canvas.between(lower, upper, -half, half)
    canvas.paint(inside * column((gap > 0.01).astype(np.float32)), 0.06)
    teeth = canvas.between(np.maximum(lower, upper - 0.07), upper, -0.8 * half, 0.8 * half)
    canvas.paint(teeth * column((2.5 * np.maximum(au[12], au[20]) - 0.6).clip(0, 1)) * column(gap > 0.02), 0.95)
    canvas.paint(canvas.stroke([(-half, corner), (-half + 0.02, corner)], 0.05), who.skin * 0.4)
    canvas.paint(canvas.stroke([(half, corner), (half - 0.02, corner)], 0.05), who.skin * 0.4)
    line = canvas.cover(np.abs(canvas.y - upper) - 0.014) * canvas.cover(np.abs(canvas.x) - column(half))
    canvas.paint(line * column((gap <= 0.05).astype(np.float32)), who.skin * 0.3)
    chin = top - gap - 0.2
    canvas.paint(
        canvas.stroke([(-0.6 * half, chin - 0.03), (0 * half, chin + 0.03), (0.6 * half, chin - 0.03)], 0.03)
        * column(0.8 * au[17]),
        who.skin * 0.6,
    )
