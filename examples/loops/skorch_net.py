"""skorch: the model as an estimator with fit and predict, and the loss as its criterion.

pip install skorch; python examples/loops/skorch_net.py
"""

from typing import Any

import torch
from drawn import dataset, draw, model_and_loss, report
from skorch import NeuralNet

from gcnlabel.data import whole_batch


class Net(NeuralNet):  # type: ignore[misc]
    """A net whose criterion returns the total loss, and that of each task."""

    def get_loss(self, y_pred: Any, y_true: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Return the total."""
        total, _ = self.criterion_(y_pred, y_true)
        return total


def main() -> None:
    """Train."""
    model, loss = model_and_loss(draw(600, seed=0)[1])
    net = Net(
        model,
        criterion=loss,
        optimizer=torch.optim.AdamW,
        lr=0.01,
        max_epochs=5,
        batch_size=64,
        train_split=None,
        iterator_train__shuffle=True,
        iterator_train__collate_fn=whole_batch,
    )
    net.fit(dataset(600, seed=0), y=None)
    print(f"train loss {net.history[-1, 'train_loss']:.3f}")
    report(net.module_)


if __name__ == "__main__":
    main()
