"""The Lightning module, for any head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import lightning as L
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gcnlabel.data.mixing import Mixing
from gcnlabel.distributed import processes
from gcnlabel.errors import InputError, shorten
from gcnlabel.losses import MultiTaskLoss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.metrics.main_metrics import mean_of_main
from gcnlabel.nn import MultiTaskModel
from gcnlabel.training.freezing import freeze
from gcnlabel.training.optimizer_maker import check_maker, make_checked
from gcnlabel.training.pairs import concatenate, mean_losses, split_batch
from gcnlabel.training.schedules import step_on_metric, stepped

Batch = tuple[Tensor, dict[str, Tensor]]


class MultiTaskModule(L.LightningModule):  # type: ignore[misc]
    """Trains a :class:`~gcnlabel.nn.MultiTaskModel` and measures it after every epoch, over the whole split.

    Args:
        model: Backbone and head.
        loss: The losses of all tasks; parameters of its weighting are trained without weight decay.
        optimizer: Function from groups of named parameters to the optimizer.
        schedule: Factor of the learning rate as a function of the completed epochs.
        frozen: ``backbone`` or ``head`` -> number of first epochs in which it is frozen.

    Attributes:
        augment: Augmentation of training batches on the training device, or None.
        mix: Mixes samples of training batches, or None.
        memory_format: Memory format of image batches.

    Logs ``train/loss``, the unweighted ``train/<task>/loss``, with changing weights ``train/<task>/weight`` (the mean
    over the batches that observe the task), and for each evaluated split ``<split>/loss``, ``<split>/main`` (see
    :class:`gcnlabel.training.Selection`) and ``<split>/<task>/<metric>``.

    It works with any ``lightning.Trainer`` and loaders of batches ``(inputs, {task: target})``. Splits are then ``val``
    and ``test``, names of several loaders end in ``/dataloader_idx_<i>``, and ``predict`` returns the scores of each
    batch, whose targets may be left out.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        loss: MultiTaskLoss,
        optimizer: Callable[[list[dict[str, Any]]], Optimizer],
        schedule: Callable[[float], float] = lambda epochs: 1.0,
        frozen: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        loss.weighting.watch(model)
        self.make_optimizer = check_maker(optimizer)
        self.schedule = schedule
        self.frozen = [(getattr(model, side), epochs) for side, epochs in frozen.items()]
        self.augment: Callable[[Tensor], Tensor] | None = None
        self.mix: Mixing | None = None
        self.memory_format = torch.contiguous_format
        self.metrics: Any = nn.ModuleDict({task.name: TaskMetrics(task) for task in model.head.tasks})

    def forward(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task]."""
        scores: dict[str, Tensor] = self.model(inputs)
        return scores

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Any:
        """Return inputs and targets of a batch, augmented and mixed when training.

        Raises:
            InputError: It is no pair of inputs and targets by task (for prediction, inputs are enough).
        """
        inputs, targets = split_batch(batch, alone=self.trainer.predicting)
        if self.augment is not None and self.trainer.training:
            inputs = self.augment(inputs)
        if self.mix is not None and self.trainer.training:
            inputs, targets = self.mix(inputs, targets, self.model.head.tasks)
        if isinstance(inputs, Tensor) and inputs.ndim == 4:
            inputs = inputs.contiguous(memory_format=self.memory_format)
        return inputs, targets

    def on_train_epoch_start(self) -> None:
        """Freeze backbone or head in its first epochs, and unfreeze it afterwards."""
        for side, epochs in self.frozen:
            freeze(side, frozen=self.current_epoch < epochs)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the total loss of a batch; for an ensemble, the mean of the losses of its base models."""
        inputs, targets = batch
        found = [self.loss(scores, targets) for scores in self.model(inputs, each=True)]
        total, parts = found[0] if len(found) == 1 else mean_losses(found)
        weights = self.loss.changing_weights(total, parts)
        self.log_dict(
            {
                "train/loss": total.detach(),
                **{f"train/{name}/loss": part.detach() for name, part in parts.items()},
                **{f"train/{name}/weight": weight for name, weight in weights.items()},
            },
            on_step=False,
            on_epoch=True,
            batch_size=self._samples(targets, index),  # each process has the loss over the samples of all processes
        )
        return total

    def on_train_epoch_end(self) -> None:
        """Check that training has not diverged; not in float16, where single overflows are normal.

        Raises:
            InputError: A loss is not finite.
        """
        step_on_metric(self.trainer)
        if self.trainer.precision == "16-mixed":
            return
        losses = {
            k: v for k, v in self.trainer.callback_metrics.items() if k.startswith("train/") and k.endswith("loss")
        }
        bad = [name for name, value in sorted(losses.items()) if not value.isfinite()]
        if bad:
            raise InputError(
                f"{shorten(bad)} is not finite in epoch {self.current_epoch + 1}",
                fix="a smaller optimizer.lr, or standardised features (standardize: true)",
            )

    def _samples(self, targets: dict[str, Tensor], index: int) -> int:
        batches: Any = getattr(self.trainer.train_dataloader, "batch_sampler", None)
        if processes() == 1 or not hasattr(batches, "samples_of_all"):
            return len(next(iter(targets.values())))
        return int(batches.samples_of_all(index))  # computed, without synchronising processes

    def validation_step(self, batch: Batch, index: int, dataloader_idx: int = 0) -> None:
        """Keep scores and targets of a batch."""
        inputs, targets = batch
        self._seen.setdefault(dataloader_idx, []).append((self(inputs), targets))

    def test_step(self, batch: Batch, index: int, dataloader_idx: int = 0) -> None:
        """Keep scores and targets of a batch."""
        self.validation_step(batch, index, dataloader_idx)

    def predict_step(self, batch: Batch, index: int, dataloader_idx: int = 0) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task], those of dimensions in the user's units."""
        return self(batch[0])

    def on_validation_epoch_start(self) -> None:
        """Clear the samples of the last epoch."""
        self._seen: dict[int, list[tuple[dict[str, Tensor], dict[str, Tensor]]]] = {}

    def on_test_epoch_start(self) -> None:
        """Clear the samples of the last epoch."""
        self.on_validation_epoch_start()

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of the whole split."""
        split = getattr(getattr(self.trainer, "datamodule", None), "selection_split", "val")
        self._log_split(split, len(self.trainer.num_val_batches))

    def on_test_epoch_end(self) -> None:
        """Log the metrics of the whole split."""
        self._log_split("test", len(self.trainer.num_test_batches))

    def _log_split(self, split: str, loaders: int) -> None:
        for index, batches in self._seen.items():
            suffix = f"/dataloader_idx_{index}" if loaders > 1 else ""  # as Lightning names it
            scores, targets = (concatenate(parts) for parts in zip(*batches, strict=True))
            found = {"loss": self.loss(scores, targets)[0]}
            for name, metric in self.metrics.items():
                metric.reset()
                metric.update(scores[name], targets[name])
                values = {key: value for key, value in metric.compute().items() if isinstance(value, float)}
                found |= {f"{name}/{key}": value for key, value in values.items()}
            found["main"] = mean_of_main(self.model.head.tasks, found)
            self.log_dict({f"{split}/{k}{suffix}": v for k, v in found.items()}, add_dataloader_idx=False)

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Skip parameters of the weighting with gradient 0 (tasks not in the batch), which momentum would change."""
        for parameter in self.loss.parameters():
            if parameter.grad is not None and not parameter.grad.any():
                parameter.grad = None

    def configure_optimizers(self) -> dict[str, Any]:
        """Return optimizer and schedule.

        Learned weights of tasks have no weight decay, which would favour a log-variance of 0.
        """
        groups: list[dict[str, Any]] = [{"params": list(self.model.named_parameters())}]
        if learned := list(self.loss.named_parameters()):
            groups.append({"params": learned, "weight_decay": 0.0})
        optimizer = make_checked(self.make_optimizer, groups)
        return {"optimizer": optimizer, "lr_scheduler": stepped(self.schedule, optimizer, self.trainer)}
