"""Weight tasks by their gradients, with the aggregators of torchjd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from gcnlabel.distributed import processes
from gcnlabel.errors import InputError
from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.losses.weighting import WEIGHTINGS, Weighting, observed
from gcnlabel.settings import Weight

Method = Literal[
    "upgrad", "pcgrad", "mgda", "cagrad", "nash-mtl", "imtl-g", "aligned-mtl", "dualproj", "random", "mean"
]
CLASSES = {
    "upgrad": "UPGradWeighting",
    "pcgrad": "PCGradWeighting",
    "mgda": "MGDAWeighting",
    "cagrad": "CAGradWeighting",
    "imtl-g": "IMTLGWeighting",
    "aligned-mtl": "AlignedMTLWeighting",
    "dualproj": "DualProjWeighting",
    "random": "RandomWeighting",
    "mean": "MeanWeighting",
}
"""Name -> torchjd's class. Stateful methods (GradVac) are omitted: checkpoints do not contain their state."""


class AggregatedGradients(Weighting):
    """``total = sum_k w_k loss_k`` with weights from the gradients of the losses, by an aggregator of torchjd.

    With ``J`` [tasks, P] the gradients of the losses with respect to the parameters that at least two of them depend
    on, the weights are a function of ``J Jᵀ``; the gradient of the total is then the aggregated gradient. In evaluation
    mode, and if only one task is observed, the total is the sum.

    Args:
        weigh: Function from the Gramian [tasks, tasks] to weights [tasks].

    Raises:
        InputError: (when called) Several processes train together.
    """

    def __init__(self, weigh: Any) -> None:
        super().__init__()
        self.weigh = weigh
        self._watched: list[nn.Parameter] = []

    def watch(self, model: nn.Module) -> None:
        """Set the parameters whose gradients are used."""
        self._watched = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the total of a batch."""
        total = sum(losses.values(), start=next(iter(losses.values())) * 0)
        seen = observed(losses)
        if not self.training or len(seen) < 2 or not self._watched:
            return total
        if processes() > 1:
            raise InputError("weights from gradients on several devices", expected="one device: --devices 1")
        weights = self.weigh(self._gramian(list(seen.values()))).tolist()
        return total + sum((weight - 1) * loss for weight, loss in zip(weights, seen.values(), strict=True))

    def _gramian(self, losses: list[Tensor]) -> Tensor:
        """Return the inner products of the losses' gradients [tasks, tasks]."""
        each = [torch.autograd.grad(loss, self._watched, retain_graph=True, allow_unused=True) for loss in losses]
        shared = [of for of in zip(*each, strict=True) if sum(gradient is not None for gradient in of) > 1]
        if not shared:
            return torch.eye(len(losses))
        rows = [
            torch.cat([(torch.zeros_like(_any(of)) if of[k] is None else of[k]).flatten() for of in shared])
            for k in range(len(losses))
        ]
        jacobian = torch.stack(rows)
        return jacobian @ jacobian.T


def _any(gradients: tuple[Tensor | None, ...]) -> Tensor:
    return next(gradient for gradient in gradients if gradient is not None)


def nash_weights(gramian: Tensor, steps: int = 100) -> Tensor:
    """Return the weights ``w > 0`` of the Nash bargaining solution, ``G w = 1 / w`` (Navon et al., ICML 2022, eq. 4).

    They minimise the convex ``w G w / 2 - sum log w``, by damped Newton steps in float64 on ``G`` scaled to unit
    diagonal, with 1e-8 times its trace added to the diagonal, because gradients may nearly cancel. A task with gradient
    0 gets weight 1 and does not affect the others.

    Args:
        gramian: ``G``: inner products of the gradients [tasks, tasks].
        steps: Maximum number of steps.

    Example:
        >>> nash_weights(torch.tensor([[4.0, 0.0], [0.0, 0.25]]))
        tensor([0.5000, 2.0000])
    """
    weights = torch.ones(len(gramian), dtype=torch.float64)
    moving = gramian.diagonal().cpu() > 0
    if moving.any():
        weights[moving] = _bargained(gramian.detach().cpu().double()[moving][:, moving], steps)
    return weights.to(gramian.dtype)


def _bargained(gramian: Tensor, steps: int) -> Tensor:
    scale = gramian.diagonal().sqrt()  # gradients of length 1; lengths may differ by orders of magnitude
    gramian = gramian / torch.outer(scale, scale)
    gramian = gramian + 1e-8 * len(gramian) * torch.eye(len(gramian), dtype=gramian.dtype)
    weights = torch.full_like(scale, len(gramian) ** -0.5)
    for _ in range(steps):
        slope = gramian @ weights - 1 / weights
        step = torch.linalg.solve(gramian + torch.diag(weights**-2), slope)
        decrement = float(slope @ step) ** 0.5
        weights = weights - step / (1 + decrement)  # damped for a self-concordant function: w > 0
        if decrement < 1e-10:
            break
    return weights / scale


@WEIGHTINGS.register("torchjd")
def torchjd(
    losses: Mapping[str, TaskLoss], *, method: Method = "upgrad", c: Weight | None = None
) -> AggregatedGradients:
    """Return a weighting of tasks by gradient aggregation (extra ``torchjd``; Quinton and Rey, 2024).

    Args:
        losses: Loss of each task.
        method: Aggregation of the gradients: UPGrad, PCGrad, MGDA, CAGrad, Nash-MTL (solved here, without the state
            and the solver of torchjd's), IMTL-G, Aligned-MTL, DualProj; or the baselines ``random`` and ``mean``.
        c: CAGrad's largest relative distance of the gradient from the mean, null for 0.5; only for CAGrad.

    Raises:
        InputError: torchjd is not installed, or ``c`` is given for another method.
    """
    if c is not None and method != "cagrad":
        raise InputError(f"weighting: c with the method {method}", expected="c only with cagrad")
    if method == "nash-mtl":
        return AggregatedGradients(nash_weights)
    try:
        from torchjd import aggregation

        options = [0.5 if c is None else c] if method == "cagrad" else []
        return AggregatedGradients(getattr(aggregation, CLASSES[method])(*options))
    except ImportError as error:
        raise InputError("weighting: torchjd is not installed", fix="pip install 'gcnlabel[torchjd]'") from error
