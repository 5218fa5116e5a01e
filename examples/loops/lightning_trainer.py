"""Lightning: the module of this package in a trainer of one's own, with any loaders and callbacks.

python examples/loops/lightning_trainer.py
"""

from functools import partial

import lightning as L
from drawn import dataset, draw, model_and_loss, report
from lightning.pytorch.callbacks import EarlyStopping
from torch.utils.data import DataLoader

from gcnlabel.data import whole_batch
from gcnlabel.training import MultiTaskModule, make_optimizer


def main() -> None:
    """Train until the validation loss stops falling."""
    model, loss = model_and_loss(draw(600, seed=0)[1])
    module = MultiTaskModule(model, loss, partial(make_optimizer, settings={"name": "adamw", "lr": 0.01}))
    loaders = [DataLoader(dataset(n, seed), batch_size=64, collate_fn=whole_batch) for n, seed in ((600, 0), (200, 3))]
    stopping = EarlyStopping("val/loss", patience=2)
    trainer = L.Trainer(
        max_epochs=20,
        callbacks=[stopping],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, *loaders)
    print(f"{trainer.current_epoch} epochs, val loss {trainer.callback_metrics['val/loss']:.3f}")
    report(model)


if __name__ == "__main__":
    main()
