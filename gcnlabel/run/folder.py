"""The run folder: what is where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from gcnlabel.config import Config, dump_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file, writable_folder
from gcnlabel.training import BEST, LAST


class RunFolder:
    """A folder that holds one run.

    Attributes:
        config: ``config.yaml``, every key resolved.
        graph: ``graph.safetensors``, the propagation graph (graph heads only).
        split: ``split.csv``, which part each row is in (where the split was drawn by fractions only).
        metrics: ``metrics.csv``, one row an epoch.
        last: ``checkpoints/last.safetensors``, to resume from.
        best: ``checkpoints/best.safetensors``, the selected epoch.
        evaluation: ``evaluation.json``.
        rows: ``rows.csv``, what became of every row of the data, by split and reason.
        predictions: ``predictions.safetensors``, scores and targets of the evaluated split; ``ids``, a JSON list of
            the samples' ids as bytes, where the data have such; label vectors where the head has such.

    Args:
        path: The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.config = self.path / "config.yaml"
        self.graph = self.path / "graph.safetensors"
        self.split = self.path / "split.csv"
        self.metrics = self.path / "metrics.csv"
        self.last = self.path / "checkpoints" / LAST
        self.best = self.path / "checkpoints" / BEST
        self.evaluation = self.path / "evaluation.json"
        self.rows = self.path / "rows.csv"
        self.predictions = self.path / "predictions.safetensors"

    def create(self, config: Config, *, overwrite: bool = False) -> None:
        """Make the folder and write the config.

        Raises:
            InputError: There is a run already and ``overwrite`` is false, or the folder cannot be written.
        """
        if self.config.exists() and not overwrite:
            go_on = f", or go on with it: train --resume --output {self.path}" if self.last.exists() else ""
            raise InputError(f"{self.path} holds a run already", fix=f"give another --output, pass --overwrite{go_on}")
        writable_folder(self.path)
        files = (self.graph, self.split, self.rows, self.metrics, self.last, self.best, self.evaluation)
        for stale in (*files, self.predictions):
            stale.unlink(missing_ok=True)
        with atomic_write(self.config, overwrite=overwrite) as temporary:
            temporary.write_text(dump_config(config), encoding="utf-8")

    def load_config(self) -> Config:
        """Return the config of the run.

        Raises:
            InputError: The folder holds no run.
        """
        if not self.config.exists():
            raise InputError(f"{self.path} holds no run", expected=f"a folder with {self.config.name}")
        text = existing_file(self.config, "config").read_text(encoding="utf-8")
        return parse_config(yaml.safe_load(text), where=str(self.config))

    def write_evaluation(self, values: Mapping[str, Any]) -> None:
        """Write the final evaluation, in place of an earlier one."""
        with atomic_write(self.evaluation, overwrite=True) as temporary:
            temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")

    def read_evaluation(self) -> dict[str, Any]:
        """Return the final evaluation.

        Raises:
            InputError: The run has not been evaluated.
        """
        if not self.evaluation.exists():
            raise InputError(f"{self.path} has not been evaluated", fix=f"gcnlabel evaluate {self.path}")
        values: dict[str, Any] = json.loads(self.evaluation.read_text(encoding="utf-8"))
        return values
