"""Random identity, pose, light and noise of synthetic faces."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from gcnlabel.faces.synthetic.drawing import Floats


@dataclass(frozen=True)
class Identity:
    """Shape and grey values of faces that do not depend on the expression, [B] each; lengths in about half a face."""

    width: Floats
    height: Floats
    eye_distance: Floats
    eye_height: Floats
    eye_size: Floats
    brow_height: Floats
    brow_width: Floats
    nose: Floats
    mouth_height: Floats
    mouth_width: Floats
    skin: Floats
    hair: Floats
    background: Floats

    def __getitem__(self, rows: slice) -> Identity:
        """Return the identities of some rows."""
        return Identity(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class Scene:
    """Pose, light and noise of each image, [B] each."""

    angle: Floats
    scale: Floats
    shift_x: Floats
    shift_y: Floats
    light_angle: Floats
    light: Floats
    noise: Floats

    def __getitem__(self, rows: slice) -> Scene:
        """Return the scenes of some rows."""
        return Scene(*(getattr(self, field.name)[rows] for field in fields(self)))


def draw_identities(n: int, rng: np.random.Generator) -> Identity:
    """Return n random identities."""
    low_high = {
        "width": (0.62, 0.76), "height": (0.82, 0.94), "eye_distance": (0.25, 0.32), "eye_height": (0.10, 0.18),
        "eye_size": (0.12, 0.15), "brow_height": (0.19, 0.25), "brow_width": (0.045, 0.08), "nose": (0.18, 0.26),
        "mouth_height": (-0.50, -0.42), "mouth_width": (0.21, 0.28), "skin": (0.50, 0.85), "hair": (0.05, 0.40),
        "background": (0.15, 0.95),
    }  # fmt: skip
    return Identity(**{name: rng.uniform(*ends, n).astype(np.float32) for name, ends in low_high.items()})


def draw_scenes(n: int, rng: np.random.Generator) -> Scene:
    """Return n random poses and lights."""
    low_high = {
        "angle": (-0.2, 0.2), "scale": (0.92, 1.1), "shift_x": (-0.08, 0.08), "shift_y": (-0.08, 0.08),
        "light_angle": (-np.pi, np.pi), "light": (0.0, 0.25), "noise": (0.01, 0.06),
    }  # fmt: skip
    return Scene(**{name: rng.uniform(*ends, n).astype(np.float32) for name, ends in low_high.items()})
