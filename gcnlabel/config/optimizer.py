"""What a config may say of the optimizer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from gcnlabel.settings import Section, Share


class Side(Section):
    """What the optimizer does otherwise for one side of the model.

    Attributes:
        lr: Learning rate; null for that of all. Where that is tuned, this one stays in proportion.
        weight_decay: Weight decay; null for that of all.
    """

    lr: PositiveFloat | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None


class Optimizer(Section):
    """The optimizer and how its learning rate falls.

    Attributes:
        name: AdamW, or SGD with momentum.
        lr: Learning rate at the start.
        weight_decay: Weight decay; what a weighting learns has none.
        momentum: Of SGD.
        backbone: Learning rate and weight decay of the backbone, where they differ.
        head: Those of the head.
        schedule: How the learning rate falls: not at all, along a cosine to 0, or in steps.
        step_epochs: Epochs between two steps.
        step_factor: Factor of each step.
    """

    name: Literal["sgd", "adamw"] = "adamw"
    lr: PositiveFloat = 0.001
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    momentum: Share = 0.9
    backbone: Side = Side()
    head: Side = Side()
    schedule: Literal["constant", "cosine", "step"] = "constant"
    step_epochs: PositiveInt = 10
    step_factor: Share = 0.1

    @property
    def sides(self) -> dict[str, dict[str, float]]:
        """Side of the model -> ``factor`` of the learning rate and ``weight_decay``, where they are its own."""
        found = {side: getattr(self, side).model_dump(exclude_none=True) for side in ("backbone", "head")}
        for options in found.values():
            if "lr" in options:
                options["factor"] = options.pop("lr") / self.lr
        return found
