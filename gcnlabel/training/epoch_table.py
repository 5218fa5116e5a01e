"""Write the metrics of every epoch to a CSV file, atomically."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import lightning as L

from gcnlabel.files import atomic_write


class EpochTable(L.Callback):  # type: ignore[misc]
    """Rewrites ``metrics.csv`` after every epoch: one row per epoch, one column per metric.

    The rows are part of the checkpoint, so that a resumed run continues the table.

    Args:
        path: The CSV file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Add the row of this epoch."""
        values = {name: float(value) for name, value in sorted(trainer.callback_metrics.items())}
        self.rows.append({"epoch": trainer.current_epoch + 1, **values})
        if trainer.is_global_zero:
            write_rows(self.path, self.rows)

    def state_dict(self) -> dict[str, Any]:
        """Return the rows."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Set the rows of the run that is resumed."""
        self.rows = list(state_dict["rows"])


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows of named values as CSV; an existing file is replaced."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic_write(path, overwrite=True) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
