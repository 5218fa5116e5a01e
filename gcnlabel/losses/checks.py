"""Check targets of a batch against their tasks."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.losses.task_loss import TaskLoss


def check_targets(scores: Mapping[str, Tensor], targets: Mapping[str, Tensor], losses: Mapping[str, TaskLoss]) -> None:
    """Check the targets of a batch against the scores and losses of their tasks.

    Values are checked only on the CPU and outside of ``torch.func`` and ``torch.compile``: on other devices the check
    would synchronise at each step.

    Raises:
        InputError: A task has no scores or targets, their shapes differ, or its loss does not allow a value, e.g. a tag
            of -1 or 2.
    """
    for side, given in (("scores", scores), ("targets", targets)):
        if missing := [name for name in losses if name not in given]:
            raise InputError(f"no {side} of task {shorten(missing)}", expected=shorten(losses))
    for name, loss in losses.items():
        if not isinstance(targets[name], Tensor):
            what = f"targets of task {name!r} are a {type(targets[name]).__name__}"
            raise InputError(what, expected="a tensor", fix="gcnlabel.data.targets_to_tensors, or torch.as_tensor")
        wanted = loss.target_shapes(scores[name].shape)
        if targets[name].shape not in wanted:
            raise InputError(
                f"targets of task {name!r} of shape {list(targets[name].shape)}",
                expected=" or ".join(str(list(shape)) for shape in wanted),
            )
        if _can_be_read(targets[name]):
            _check_values(name, loss.invalid(scores[name], targets[name]), targets[name], loss.takes)


def _can_be_read(targets: Tensor) -> bool:
    plain = not torch.compiler.is_compiling() and not torch._C._functorch.is_batchedtensor(targets)
    return plain and targets.device.type == "cpu"


def _check_values(name: str, invalid: Tensor, targets: Tensor, takes: str) -> None:
    if invalid.any():
        found = sorted(set(targets[invalid].tolist()))
        raise InputError(f"targets of task {name!r} hold {shorten([f'{value:g}' for value in found])}", expected=takes)
