"""Train several models of one architecture as one batched model, e.g. seeds and learning rates of one head."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap
from torch.optim import Optimizer

from gcnlabel.losses import MultiTaskLoss
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.modes import evaluating
from gcnlabel.training.steps import EACH_BATCH, Steps

Scores = dict[str, Tensor]


class Ensemble:
    """M models of one architecture with stacked parameters and buffers: each step is one step of every model.

    Members share only the dropout masks: the gradient of the sum of their losses is, for each member, that of its own
    loss. They may differ in parameters, graph (of the same number of edges), class weights of the loss, and learning
    rate.

    Args:
        models: The models, of the same architecture; parts in evaluation mode stay in it, as with Lightning.
        losses: Loss of each model, without control flow that depends on values.
        rates: Learning rate of each model [M]; consecutive equal rates are one group of the optimizer.
        optimizer: Function from groups of named parameters, each with its ``lr``, to an elementwise optimizer such as
            SGD or AdamW.
        steps: Clipping and accumulation of gradients, for each member separately.
    """

    def __init__(
        self,
        models: Sequence[MultiTaskModel],
        losses: Sequence[MultiTaskLoss],
        rates: Sequence[float],
        optimizer: Callable[[list[dict[str, Any]]], Optimizer],
        steps: Steps = EACH_BATCH,
    ) -> None:
        self.steps = steps
        self._gradients: list[list[Tensor]] = []
        self.model, self.loss = copy.deepcopy(models[0]), copy.deepcopy(losses[0])
        self.rates = list(rates)
        stacked, self.buffers = stack_module_state(list(models))
        in_memory = [_transposed(p.detach()).contiguous() for p in stacked.values()]
        self.parameters = {n: _transposed(p).requires_grad_() for n, p in zip(stacked, in_memory, strict=True)}
        self._class_weights = stack_module_state(list(losses))[1]
        self._runs = _equal(self.rates)
        self._own = [[p.detach()[run] for p in in_memory] for run in self._runs]  # the same memory
        self.optimizer = optimizer(
            [
                {"params": list(zip(self.parameters, own, strict=True)), "lr": self.rates[run.start]}
                for own, run in zip(self._own, self._runs, strict=True)
            ]
        )
        self._rates = [group["lr"] for group in self.optimizer.param_groups]
        if len(self) == 1:  # alone, it needs no functional call, which takes as long as a small network
            _share_memory(self.model, self.parameters, self.buffers)

    def __len__(self) -> int:
        """Return the number of members, M."""
        return len(self.rates)

    def step(self, inputs: Tensor, targets: Mapping[str, Tensor], factor: float = 1.0, *, last: bool = False) -> Tensor:
        """Train every member on its own batch, and return their losses [M].

        Args:
            inputs: [M, B, ...].
            targets: Targets of each task, [M, B] or [M, B, labels of the task].
            factor: Current factor of the learning rates, from the schedule.
            last: Whether it is the last batch of an epoch, after which the optimizer always steps.
        """
        losses, found = self._losses_and_gradients(inputs, dict(targets))
        # fused optimizers ignore strides
        self._gradients.append([_transposed(gradient).contiguous() for gradient in found])
        if last or len(self._gradients) == self.steps.accumulate:
            self._take_step(factor)
        return losses.detach()

    def _losses_and_gradients(self, inputs: Tensor, targets: Any) -> tuple[Tensor, Sequence[Tensor]]:
        """Return the losses of all members [M], and the gradient of each stacked parameter."""
        if len(self) == 1:
            scores = self.model(inputs[0], each=True)
            loss = _mean([self.loss(of, {n: t[0] for n, t in targets.items()})[0] for of in scores])
            gradients = torch.autograd.grad(loss, [*self.model.parameters()], materialize_grads=True)
            return loss[None], [gradient[None] for gradient in gradients]
        state = (self.parameters, self.buffers, self._class_weights)
        losses = self._of_each(self._loss, (0, 0, 0, 0, 0))(*state, inputs, targets)
        return losses, torch.autograd.grad(losses.sum(), list(self.parameters.values()), materialize_grads=True)

    def _take_step(self, factor: float) -> None:
        """Step the optimizer by the accumulated gradients."""
        gradients = self._gradients[0]
        if self.steps.accumulate > 1:
            gradients = [torch.stack(of).sum(0) / self.steps.accumulate for of in zip(*self._gradients, strict=True)]
        self._gradients = []
        if self.steps.clip is not None:
            gradients = _clipped(gradients, self.steps.clip)
        for rate, group in zip(self._rates, self.optimizer.param_groups, strict=True):
            group["lr"] = rate * factor
        for run, own in zip(self._runs, self._own, strict=True):
            for parameter, gradient in zip(own, gradients, strict=True):
                parameter.grad = gradient[run]
        self.optimizer.step()

    @torch.no_grad()
    def scores(self, inputs: Tensor) -> Scores:
        """Return the scores of every member, task -> [M, N, labels of the task], for the same inputs [N, ...]."""
        with evaluating(self.model):
            found: Scores = self._of_each(self._call, (0, 0, None))(self.parameters, self.buffers, inputs)
        return found

    def copy_to(self, member: int, model: MultiTaskModel) -> None:
        """Copy the current parameters and buffers of a member to ``model``."""
        for name, target in (*model.named_parameters(), *model.named_buffers()):
            stack = self.parameters if name in self.parameters else self.buffers
            target.data.copy_(stack[name][member])

    def _of_each(self, function: Callable[..., Any], in_dims: tuple[int | None, ...]) -> Callable[..., Any]:
        """Return the function vectorised over members; without vmap for a single member, since sparse Â forbids vmap.

        Members share the dropout mask of a batch; their weights and samples are drawn independently. Separate masks
        would take a third of the time.
        """
        if len(self) > 1:
            return vmap(function, in_dims=in_dims, randomness="same")
        return partial(_of_only, function, in_dims)

    def _call(self, parameters: Any, buffers: Any, inputs: Tensor) -> Any:
        return functional_call(self.model, (parameters, buffers), (inputs,))

    def _loss(self, parameters: Any, buffers: Any, class_weights: Any, inputs: Tensor, targets: Any) -> Tensor:
        each = functional_call(self.model, (parameters, buffers), (inputs,), {"each": True})
        totals = [functional_call(self.loss, class_weights, (scores, targets))[0] for scores in each]
        return _mean(totals)


def _mean(losses: Sequence[Tensor]) -> Tensor:
    return losses[0] if len(losses) == 1 else torch.stack(list(losses)).mean()


def _share_memory(model: MultiTaskModel, parameters: Scores, buffers: Scores) -> None:
    """Let a model have the only member of each stacked parameter and buffer as its own."""
    for name, parameter in model.named_parameters():
        parameter.data = parameters[name].detach()[0]
    for name, buffer in model.named_buffers():
        buffer.data = buffers[name][0]


def _of_only(function: Callable[..., Any], in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
    """Return the same as vmap over one member: remove the first dimension of arguments, add one to results."""
    pairs = zip(in_dims, arguments, strict=True)
    return _each(lambda t: t[None], function(*(a if dim is None else _each(lambda t: t[0], a) for dim, a in pairs)))


def _clipped(gradients: Sequence[Tensor], largest: float) -> list[Tensor]:
    """Return gradients, [M, ...] each, with those of each member scaled to a total norm of at most ``largest``."""
    norms = torch.stack([torch.linalg.vector_norm(g.flatten(1), dim=1) for g in gradients]).norm(dim=0)
    factors = (largest / (norms + 1e-6)).clamp(max=1)  # as torch.nn.utils.clip_grad_norm_
    return [g * factors.view(-1, *[1] * (g.ndim - 1)) for g in gradients]


def _transposed(stacked: Tensor) -> Tensor:
    """Return stacked matrices transposed, the memory layout of the gradients of linear layers."""
    return stacked.mT if stacked.dim() == 3 else stacked


def _equal(rates: Sequence[float]) -> list[slice]:
    """Return the slices of consecutive equal rates."""
    ends = [m for m in range(1, len(rates)) if rates[m] != rates[m - 1]]
    return [slice(start, end) for start, end in itertools.pairwise([0, *ends, len(rates)])]


def _each(change: Callable[[Tensor], Tensor], tensors: Any) -> Any:
    return {n: change(t) for n, t in tensors.items()} if isinstance(tensors, Mapping) else change(tensors)
