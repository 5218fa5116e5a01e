"""User-defined weightings of tasks."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError, shorten
from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.losses.weighting import WEIGHTINGS, Weighting, observed
from gcnlabel.registry import Part

Scheme = Callable[[dict[str, Tensor]], Any]
FORM = "a total (a scalar tensor), or a weight for each given task"


class SchemeWeighting(Weighting):
    """Wraps a function ``scheme({task: loss}) -> total, or {task: weight}`` as a weighting.

    The scheme is called once for each batch, with only the tasks whose loss is not 0, and not at all if there is none.
    Weights may carry gradients; detach the losses to prevent that.

    A scheme with state must be an ``nn.Module``: its parameters are trained, without weight decay; its buffers, such as
    a count of steps, are saved in checkpoints and restored with ``--resume``; and its ``training`` is false while a
    validation loss is computed, when it must not change its state.

    Args:
        scheme: A function, or a module with such a ``forward``.

    Raises:
        InputError: (when called) The scheme returns neither a total nor weights.

    Example:
        Dynamic Weight Average (Liu, Johns and Davison, CVPR 2019, Eq. 7): with L_k(t) the mean loss of task k in epoch
        t, ``weight_k(t) = K exp(r_k(t-1) / T) / Σ_i exp(r_i(t-1) / T)``, ``r_k(t-1) = L_k(t-1) / L_k(t-2)``, T = 2,
        and all weights 1 in the first two epochs.

        >>> class DynamicWeightAverage(nn.Module):
        ...     def __init__(self, tasks, steps=2, temperature=2.0):  # steps of an epoch
        ...         super().__init__()
        ...         self.tasks, self.steps, self.temperature = list(tasks), steps, temperature
        ...         self.register_buffer("means", torch.full((2, len(self.tasks)), torch.nan))  # epochs t-2, t-1
        ...         self.register_buffer("sums", torch.zeros(2, len(self.tasks)))  # of losses, of batches, in epoch t
        ...         self.register_buffer("step", torch.zeros((), dtype=torch.long))
        ...
        ...     def forward(self, losses):
        ...         if self.training:
        ...             if self.step > 0 and self.step % self.steps == 0:
        ...                 self.means = torch.stack([self.means[1], self.sums[0] / self.sums[1]])
        ...                 self.sums = torch.zeros_like(self.sums)
        ...             for name, loss in losses.items():
        ...                 self.sums[:, self.tasks.index(name)] += torch.stack([loss.detach(), torch.ones_like(loss)])
        ...             self.step = self.step + 1
        ...         ratio = (self.means[1] / self.means[0]).nan_to_num(1.0)
        ...         weights = len(self.tasks) * torch.softmax(ratio / self.temperature, 0)
        ...         return {name: weights[self.tasks.index(name)] for name in losses}
        >>> weighting = SchemeWeighting(DynamicWeightAverage(["mood", "affect"]))
        >>> for mood in (1.0, 1.0, 0.5, 0.5, 0.5):  # two steps an epoch; affect's loss stays at 1
        ...     total = weighting({"mood": torch.tensor(mood), "affect": torch.tensor(1.0)})
        >>> total  # weights 2 sigmoid((0.5 - 1) / 2) = 0.8756 and 1.1244
        tensor(1.5622)
    """

    def __init__(self, scheme: Scheme) -> None:
        super().__init__()
        self.scheme = scheme

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the scheme's total, or the sum of weight times loss."""
        # distributed training needs a gradient for every parameter, also of heads that this batch does not use
        touched = [*losses.values(), *(parameter.sum() for parameter in self.parameters())]
        nothing = 0 * sum(touched[1:], start=touched[0])
        seen = observed(losses)
        return nothing if not seen else nothing + _total(self.scheme(dict(seen)), seen)


def _total(result: Any, losses: Mapping[str, Tensor]) -> Tensor:
    if isinstance(result, Mapping):
        if set(result) != set(losses):
            what = f"the weighting returned weights for {shorten(result) or 'no task'}"
            raise InputError(what, expected=shorten(losses))
        weighted = [_scalar(result[name], f"weight of {name}") * loss for name, loss in losses.items()]
        return sum(weighted[1:], start=weighted[0])
    total = _scalar(result, "total")
    if any(loss.requires_grad for loss in losses.values()) and not getattr(total, "requires_grad", False):
        raise InputError("the weighting returned a total without gradient", fix="do not detach the losses in it")
    return torch.as_tensor(total)


def _scalar(value: Any, name: str) -> Any:
    if isinstance(value, int | float) or (isinstance(value, Tensor) and value.dim() == 0):
        return value
    what = f"a tensor of shape {list(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
    raise InputError(f"the weighting returned {what} as {name}", expected=FORM)


def make_weighting(weighting: Any, losses: Mapping[str, TaskLoss]) -> Weighting:
    """Build a weighting from its settings.

    User code, ``module:attribute``, may be a part like those of :data:`WEIGHTINGS`, or a scheme: a subclass of
    ``nn.Module`` is called with the names of the tasks; a module instance is copied, so that runs share no state; a
    function is used directly.

    Args:
        weighting: A name, or a mapping of a name and options.
        losses: Loss of each task.

    Raises:
        InputError: The name is unknown, or is no weighting.

    Example:
        >>> from gcnlabel.losses import MSELoss
        >>> make_weighting("fixed", {"affect": MSELoss()})
        FixedWeights()
        >>> make_weighting("builtins:max", {"affect": MSELoss()}).scheme
        <built-in function max>
    """
    settings = WEIGHTINGS.parse(weighting)
    found: Any = WEIGHTINGS.resolve(settings.name)
    if ":" not in settings.name or (inspect.isclass(found) and issubclass(found, Weighting)):
        made: Weighting = WEIGHTINGS.make(settings, losses)
        return made
    if inspect.isclass(found) and issubclass(found, nn.Module):
        return SchemeWeighting(_made(found, settings, list(losses)))
    if inspect.isclass(found) or not callable(found):
        raise InputError(
            f"weighting: {settings.name!r} is no scheme", expected="a function, an nn.Module or a class of them"
        )
    return SchemeWeighting(partial(found, **settings.options) if settings.options else copy.deepcopy(found))


def _made(kind: type[nn.Module], settings: Part, tasks: Sequence[str]) -> Scheme:
    try:
        return kind(tasks, **settings.options)
    except TypeError as error:
        raise InputError(
            f"weighting: {settings.name!r} cannot be made: {error}",
            expected="a class that takes the names of the tasks",
        ) from error
