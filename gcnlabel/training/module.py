"""The Lightning module: one recipe for every head."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import lightning as L
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from gcnlabel.distributed import processes
from gcnlabel.errors import InputError, shorten
from gcnlabel.losses import MultiTaskLoss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.nn import MultiTaskModel

Batch = tuple[Tensor, dict[str, Tensor]]


class MultiTaskModule(L.LightningModule):  # type: ignore[misc]
    """Trains a :class:`~gcnlabel.nn.MultiTaskModel` and measures it after every epoch, over the whole split.

    Args:
        model: Backbone and head.
        loss: The losses of all tasks; what its weighting learns is trained too, without weight decay.
        optimizer: Makes the optimizer from groups of parameters.
        schedule: Factor of the learning rate as a function of the epochs done.

    Attributes:
        augment: Applied to training batches on the device that trains, or None.
        memory_format: Layout of image batches.

    Logs ``train/loss``, ``train/<task>/loss`` before its weight, ``train/<task>/weight`` where weights change (the mean
    over the batches that observe the task), and for each evaluated split ``<split>/loss`` and
    ``<split>/<task>/<metric>``.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        loss: MultiTaskLoss,
        optimizer: Callable[[list[dict[str, Any]]], Optimizer],
        schedule: Callable[[float], float] = lambda epochs: 1.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.make_optimizer = optimizer
        self.schedule = schedule
        self.augment: Callable[[Tensor], Tensor] | None = None
        self.memory_format = torch.contiguous_format
        self.metrics: Any = nn.ModuleDict({task.name: TaskMetrics(task) for task in model.head.tasks})

    def forward(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task]."""
        scores: dict[str, Tensor] = self.model(inputs)
        return scores

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Return the batch as the network wants it, augmented when training."""
        inputs, targets = batch
        if self.augment is not None and self.trainer.training:
            inputs = self.augment(inputs)
        return inputs.contiguous(memory_format=self.memory_format) if inputs.ndim == 4 else inputs, targets

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the total loss of a batch."""
        inputs, targets = batch
        total, parts = self.loss(self(inputs), targets)
        weights = self.loss.changing_weights(total, parts)
        self.log_dict(
            {
                "train/loss": total.detach(),
                **{f"train/{name}/loss": part.detach() for name, part in parts.items()},
                **{f"train/{name}/weight": weight for name, weight in weights.items()},
            },
            on_step=False,
            on_epoch=True,
            batch_size=self._samples(inputs, index),  # the loss is that of all processes, in each of them
        )
        return total

    def on_train_epoch_end(self) -> None:
        """Check that training has not diverged; in float16, whose losses may overflow now and then, it is not.

        Raises:
            InputError: A loss was not finite.
        """
        if self.trainer.precision == "16-mixed":
            return
        losses = {
            k: v for k, v in self.trainer.callback_metrics.items() if k.startswith("train/") and k.endswith("loss")
        }
        bad = [name for name, value in sorted(losses.items()) if not value.isfinite()]
        if bad:
            raise InputError(
                f"{shorten(bad)} is not finite in epoch {self.current_epoch + 1}",
                fix="a smaller optimizer.lr; features that are scaled (standardize: true)",
            )

    def _samples(self, inputs: Tensor, index: int) -> int:
        if processes() == 1:
            return len(inputs)
        return int(self.trainer.train_dataloader.batch_sampler.samples_of_all(index))  # asking them would wait for them

    def validation_step(self, batch: Batch, index: int, dataloader_idx: int = 0) -> None:
        """Add a batch to the metrics."""
        inputs, targets = batch
        scores = self(inputs)
        for name, metric in self.metrics.items():
            metric.update(scores[name], targets[name])
        self._seen.append((scores, targets))

    def on_validation_epoch_start(self) -> None:
        """Forget the last epoch's samples."""
        self._seen: list[tuple[dict[str, Tensor], dict[str, Tensor]]] = []
        for metric in self.metrics.values():
            metric.reset()

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of the whole split."""
        split = self.trainer.datamodule.selection_split
        for name, metric in self.metrics.items():
            values = {key: value for key, value in metric.compute().items() if isinstance(value, float)}
            self.log_dict({f"{split}/{name}/{key}": value for key, value in values.items()})
        scores, targets = (concatenate(parts) for parts in zip(*self._seen, strict=True))
        self.log(f"{split}/loss", self.loss(scores, targets)[0])

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Keep what the weighting learns about a task where the batch says nothing about it: momentum would move it."""
        for parameter in self.loss.parameters():
            if parameter.grad is not None and not parameter.grad.any():
                parameter.grad = None

    def configure_optimizers(self) -> dict[str, Any]:
        """Return optimizer and schedule; the schedule steps with every batch.

        Weights of tasks do not decay: towards a log-variance of 0, one scale of the losses would be preferred.
        """
        groups: list[dict[str, Any]] = [{"params": list(self.model.parameters())}]
        if learned := list(self.loss.parameters()):
            groups.append({"params": learned, "weight_decay": 0.0})
        optimizer = self.make_optimizer(groups)
        steps = max(self.trainer.estimated_stepping_batches / max(self.trainer.max_epochs or 1, 1), 1)
        schedule = LambdaLR(optimizer, lambda step: self.schedule(step / steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def concatenate(parts: Iterable[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return batches of scores or targets, each a dict by task, as one.

    Example:
        >>> concatenate([{"tags": torch.zeros(2, 3)}, {"tags": torch.zeros(1, 3)}])["tags"].shape
        torch.Size([3, 3])
    """
    parts = list(parts)
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def predict(
    module: MultiTaskModule, loader: Iterable[tuple[Tensor, dict[str, Tensor]]]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return scores and targets of all samples, by task, on the CPU."""
    module.eval()
    with torch.no_grad():
        batches = [(module(inputs.to(module.device)), targets) for inputs, targets in loader]
    scores, targets = (concatenate(parts) for parts in zip(*batches, strict=True))
    return {name: value.float().cpu() for name, value in scores.items()}, targets
