"""What the loader that was released with Emotion-GCN does to an image, step by step with the same libraries.

Written from a description of its steps, so that it costs what the released one costs:

* OpenCV decodes the whole picture, and turns all of it about the eyes' midpoint, cubically;
* Pillow crops the box, scales it to 227 pixels, mirrors half of the images, and turns by up to 30 degrees, taking the
  nearest pixel;
* a colour jitter without any strength is called, and changes nothing;
* values become float32, normalised by mean and deviation over ImageNet.

``same_work`` gives the jitter the strengths that ours has, and makes the second turn bilinear, as ours is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from gcnlabel.faces import FaceAnnotations
from gcnlabel.nn.scaling import IMAGENET_MEAN, IMAGENET_STD

SIZE = 227
JITTER = (0.2, 0.2, 0.2, 0.05)  # brightness, contrast, saturation, hue
Load = Callable[[list[int]], torch.Tensor]


def released_loader(faces: FaceAnnotations, *, same_work: bool = False) -> Load:
    """Return a function from rows to a batch, float32 [B, 3, 227, 227].

    Args:
        faces: The pictures, boxes and eyes.
        same_work: Whether jitter and second turn do what ours do.
    """
    turn = transforms.InterpolationMode.BILINEAR if same_work else transforms.InterpolationMode.NEAREST
    steps = transforms.Compose(
        [
            transforms.Resize(SIZE),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(*JITTER) if same_work else transforms.ColorJitter(),
            transforms.RandomRotation(30, turn),
            transforms.ToTensor(),
            transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
    )
    names = faces.paths()

    def one(row: int) -> torch.Tensor:
        picture = cv2.imread(str(faces.root / names[row]))[:, :, ::-1]  # to red, green, blue
        (left, upper), (right, lower) = faces.eyes[row].tolist()
        degrees = math.degrees(math.atan((lower - upper) / (right - left)))
        about = cv2.getRotationMatrix2D(((left + right) // 2, (upper + lower) // 2), degrees, 1)
        level = cv2.warpAffine(picture, about, picture.shape[:2], flags=cv2.INTER_CUBIC)
        box = faces.boxes[row].astype(int)
        x, y = about @ np.array([box[0], box[1], 1])
        width, height = (box[2:] - box[:2]).tolist()
        return steps(Image.fromarray(level).crop((x, y, x + width, y + height)))  # type: ignore[no-any-return]

    return lambda rows: torch.stack([one(row) for row in rows])
