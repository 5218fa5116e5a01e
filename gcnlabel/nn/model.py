"""A backbone and a head."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import Backbone
from gcnlabel.nn.heads import Head


class MultiTaskModel(nn.Module):
    """Inputs -> features -> scores of every task.

    Args:
        backbone: Maps inputs to features [B, D].
        head: Maps features to scores.

    Raises:
        InputError: The head expects another number of features than the backbone gives, or the backbone does not say.

    Example:
        >>> import torch
        >>> from gcnlabel.nn import LinearHead, mlp
        >>> from gcnlabel.tasks import Dimensional, TaskSet
        >>> model = MultiTaskModel(mlp(4, hidden=(8,)), LinearHead(TaskSet([Dimensional("affect", ["valence"])]), 8))
        >>> model(torch.zeros(2, 4))["affect"].shape
        torch.Size([2, 1])
    """

    def __init__(self, backbone: Backbone, head: Head) -> None:
        super().__init__()
        given = getattr(backbone, "out_features", None)
        if given is None:
            raise InputError(
                f"{type(backbone).__name__} does not say how many features it gives",
                fix="wrap it: Backbone(network, out_features=D)",
            )
        if given != head.in_features:
            raise InputError(f"the head takes {head.in_features} features", expected=f"{given}, as the backbone gives")
        self.backbone = backbone
        self.head = head

    def forward(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task]."""
        scores: dict[str, Tensor] = self.head(self.backbone(inputs))
        return scores

    def freeze(self) -> MultiTaskModel:
        """Return a copy for inference: its head folded into plain vectors, without gradients, in evaluation mode."""
        folded = MultiTaskModel(copy.deepcopy(self.backbone), self.head.frozen())
        return folded.eval().requires_grad_(False)
