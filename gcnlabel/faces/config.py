"""Data sets of faces as the data of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import PositiveInt, model_validator

from gcnlabel.config.splits import Published, Splits
from gcnlabel.settings import Share

Alignment = Literal["centre", "emotion-gcn-code"]


class Faces(Published):
    """A data set of faces: its folder as it was released, or the cache that ``gcnlabel prepare`` made of it.

    Attributes:
        path: The folder.
        size: Width and height that faces are brought to.
        channels: 1 for grey, 3 for colour.
        classes: 7 expressions, or 8 (AffectNet's contempt, Aff-Wild2's other).
        alignment: What a face's box turns about where the head is turned: ``centre``, its centre; ``emotion-gcn-code``,
            its corner, as in the published code (:mod:`gcnlabel.faces.alignment`). AffectNet alone has boxes and eyes.
        allow_missing: Share of a split's images that may be missing or unreadable, and of all codes that may be
            undeclared; more is an error.
        complete_only: Leave out the faces without all labels, as Emotion-GCN did, instead of masking what is missing.
        splits: AffectNet and Aff-Wild2 have published "train" and "val" alone, and results are reported on "val".
    """

    source: Literal["affectnet", "aff-wild2", "emotic"]
    path: str
    size: PositiveInt = 227
    channels: Literal[1, 3] = 3
    alignment: Alignment = "centre"
    allow_missing: Share = 0.01
    classes: Literal[7, 8] = 7
    complete_only: bool = False
    splits: Splits = Splits(val=None, test="val")

    @model_validator(mode="after")
    def _with_eyes(self) -> Faces:
        if self.alignment != "centre" and self.source != "affectnet":
            raise ValueError(f"alignment: {self.alignment} with {self.source}, which has no boxes of faces with eyes")
        return self
