"""Hugging Face's Trainer: a module that returns its loss, and a collator that names what the dataset gives.

pip install transformers accelerate; python examples/loops/hugging_face_trainer.py
"""

import tempfile
from typing import Any

import torch
from drawn import dataset, draw, model_and_loss, report
from torch import Tensor, nn
from transformers import Trainer, TrainingArguments

from gcnlabel.data import ArrayDataset


class WithLoss(nn.Module):
    """A model that returns what the Trainer asks for: the loss and the scores."""

    def __init__(self, model: nn.Module, loss: nn.Module) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, inputs: Tensor, **targets: Tensor) -> dict[str, Any]:
        """Return the loss, where there are targets, and the scores of each task."""
        scores = self.model(inputs)
        return {"loss": self.loss(scores, targets)[0], "logits": tuple(scores.values())} if targets else scores


def collate(samples: list[Any]) -> dict[str, Tensor]:
    """Return a batch as the arguments of :meth:`WithLoss.forward`."""
    inputs, targets = zip(*samples, strict=True)
    return {"inputs": torch.stack(inputs), **{name: torch.stack([of[name] for of in targets]) for name in targets[0]}}


class Samples(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Sample by sample, for collators that put them together themselves."""

    def __init__(self, dataset: ArrayDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.dataset)

    def __getitem__(self, row: int) -> Any:
        """Return a sample and its targets."""
        return self.dataset[row]


def main() -> None:
    """Train and evaluate."""
    model, loss = model_and_loss(draw(600, seed=0)[1])
    train, val = (Samples(dataset(count, seed)) for count, seed in ((600, 0), (200, 3)))
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=5,
            per_device_train_batch_size=64,
            learning_rate=0.01,
            label_names=["mood", "tags", "affect"],
            remove_unused_columns=False,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
            seed=0,
        )
        trainer = Trainer(WithLoss(model, loss), arguments, collate, train, val)
        trainer.train()
        print(f"val loss {trainer.evaluate()['eval_loss']:.3f}")
    report(model)


if __name__ == "__main__":
    main()
