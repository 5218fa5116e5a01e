"""Label names for ML-GCN's checkpoints, which store none: the label order of the published training data."""

from __future__ import annotations

import os

from gcnlabel.errors import InputError, closest
from gcnlabel.files import existing_file

VOC = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
    "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""The 20 classes of VOC 2007, in the alphabetical order of its class files."""

COCO = (
    "airplane", "apple", "backpack", "banana", "baseball bat", "baseball glove", "bear", "bed", "bench", "bicycle",
    "bird", "boat", "book", "bottle", "bowl", "broccoli", "bus", "cake", "car", "carrot", "cat", "cell phone",
    "chair", "clock", "couch", "cow", "cup", "dining table", "dog", "donut", "elephant", "fire hydrant", "fork",
    "frisbee", "giraffe", "hair drier", "handbag", "horse", "hot dog", "keyboard", "kite", "knife", "laptop",
    "microwave", "motorcycle", "mouse", "orange", "oven", "parking meter", "person", "pizza", "potted plant",
    "refrigerator", "remote", "sandwich", "scissors", "sheep", "sink", "skateboard", "skis", "snowboard", "spoon",
    "sports ball", "stop sign", "suitcase", "surfboard", "teddy bear", "tennis racket", "tie", "toaster", "toilet",
    "toothbrush", "traffic light", "train", "truck", "tv", "umbrella", "vase", "wine glass", "zebra",
)  # fmt: skip
"""The 80 classes of COCO 2014, sorted by name."""

KNOWN = {"voc": VOC, "coco": COCO}


def class_names(text: str) -> tuple[str, ...]:
    """Return the class names of ``voc`` or ``coco``, or those in a text file with one name per line.

    Raises:
        InputError: There is no such file, or it has no name or a duplicate.

    Example:
        >>> len(class_names("voc")), len(class_names("coco"))
        (20, 80)
    """
    if text in KNOWN:
        return KNOWN[text]
    if not os.path.exists(text):
        raise InputError(
            f"there is no file {text!r} of labels",
            expected=f"{' | '.join(KNOWN)} | a file with one name per line",
            fix=closest(text, KNOWN),
        )
    lines = existing_file(text, "labels").read_text(encoding="utf-8", errors="replace").splitlines()
    names = tuple(line.strip() for line in lines if line.strip())
    if not names or len(set(names)) < len(names):
        twice = next((name for name in names if names.count(name) > 1), None)
        raise InputError(f"{text} has no names" if twice is None else f"{text}: the name {twice!r} occurs twice")
    return names
