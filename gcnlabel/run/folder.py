"""The run folder: what is where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gcnlabel.code import code_refused
from gcnlabel.config import Config, dump_config, load_config, named_code
from gcnlabel.errors import InputError, UntrustedCodeError, shorten
from gcnlabel.files import atomic_write, locked, remove_torn, writable_folder
from gcnlabel.run.places import CONFIG, refuse_none
from gcnlabel.run.reading import read_evaluation
from gcnlabel.sources.pictures import STRETCHED
from gcnlabel.training import BEST, LAST, LOGS


def config_of_run(path: Path, changes: Iterable[str] = ()) -> Config:
    """Return the config that a run keeps, with changes (``key=value``).

    Where it does not say how, it is not calibrated and its pictures are stretched, as by the versions that wrote no
    ``calibrate`` and no ``crop``: where training goes on, it goes on as it began.

    Raises:
        InputError: The file is damaged, or a change is not allowed.
    """
    config = load_config(path, changes)
    data = config.data
    unsaid = {
        name: value
        for name, value in STRETCHED.items()
        if name in type(data).model_fields and name not in data.model_fields_set
    }
    if unsaid and data.image_shape is not None:
        config = config.model_copy(update={"data": data.model_copy(update=unsaid)})
    return config if "calibrate" in config.model_fields_set else config.model_copy(update={"calibrate": "none"})


class RunFolder:
    """A folder that holds one run.

    Attributes:
        config: ``config.yaml``, every key resolved.
        graph: ``graph.safetensors``, the propagation graph (graph heads only).
        split: ``split.csv``, which split each row is in (where the split was drawn by fractions only).
        signature: ``signature.json``, tasks and shape of the inputs.
        encoder: ``encoder.json``, what made the features (where ``gcnlabel features`` did).
        backbone: ``backbone``, tokenizer and configuration of a backbone of texts, without its weights.
        metrics: ``metrics.csv``, one row an epoch.
        last: ``checkpoints/last.safetensors``, to resume from.
        best: ``checkpoints/best.safetensors``, the selected epoch.
        evaluation: ``evaluation.json``.
        rows: ``rows.csv``, what became of every row of the data, by split and reason.
        predictions: ``predictions.safetensors``, scores and targets of the evaluated split; ``ids``, a JSON list of
            the samples' ids as bytes, where the data have such; label vectors where the head has such.
        job: ``slurm.json``, the job of SLURM that makes the run, if one does.

    Args:
        path: The folder.
        trust: Whether code that its config names (``module:attribute``) may be run.
        given: A config that the caller gave, whose code may be run.
    """

    def __init__(self, path: str | Path, *, trust: bool = False, given: Config | None = None) -> None:
        self.path = Path(path)
        self.trust = trust
        self.given = given
        self.config = self.path / CONFIG
        self.graph = self.path / "graph.safetensors"
        self.split = self.path / "split.csv"
        self.signature = self.path / "signature.json"
        self.encoder = self.path / "encoder.json"
        self.backbone = self.path / "backbone"
        self.metrics = self.path / "metrics.csv"
        self.last = self.path / "checkpoints" / LAST
        self.best = self.path / "checkpoints" / BEST
        self.evaluation = self.path / "evaluation.json"
        self.rows = self.path / "rows.csv"
        self.predictions = self.path / "predictions.safetensors"
        self.job = self.path / "slurm.json"

    def refuse_a_run(self) -> None:
        """Refuse a folder that holds a run.

        Raises:
            InputError: It does.
        """
        if self.config.exists():
            raise InputError(
                f"{self.path} holds a run already",
                fix=f"go on with it: train --resume --output {self.path}, give another --output, or pass --overwrite",
            )

    def refuse_none(self) -> None:
        """Refuse a folder that holds no run.

        Raises:
            InputError: It holds none.
        """
        refuse_none(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder where there is none, and keep other trainings out of it.

        Raises:
            InputError: Another process trains in it, or it cannot be made or written.
        """
        with locked(writable_folder(self.path), "is being trained"):
            remove_torn(self.path)
            remove_torn(self.last.parent)
            yield

    @property
    def is_imported(self) -> bool:
        """Whether it holds weights that were not trained here, with which training cannot go on."""
        return self.best.exists() and not self.last.exists() and not self.metrics.exists()

    def create(self, config: Config, *, overwrite: bool = False) -> None:
        """Make the folder, without anything of an earlier run, and write the config.

        Raises:
            InputError: There is a run already and ``overwrite`` is false, or the folder cannot be written.
        """
        if not overwrite:
            self.refuse_a_run()
        writable_folder(self.path)
        kept = (self.graph, self.split, self.signature, self.encoder, self.rows, self.metrics, self.job)
        made = [self.last, self.best, self.evaluation, self.predictions, *kept]
        if not (self.config.exists() and self.config.read_bytes() == dump_config(config).encode()):
            made.insert(0, self.config)  # nothing of one run may stand beside the config of another
        try:
            for stale in (*made, *self.path.glob("hpc_ckpt_*.ckpt"), *self.last.parent.glob("hpc_ckpt_*.ckpt")):
                stale.unlink(missing_ok=True)
            for tree in (self.path / LOGS, self.backbone):
                shutil.rmtree(tree, ignore_errors=True)
        except OSError as error:
            raise InputError(f"cannot remove {stale}: {error.strerror}", fix="choose another folder") from error
        self.write_config(config)

    def write_config(self, config: Config, comments: Iterable[str] = ()) -> None:
        """Write the config, in place of an earlier one, below lines of comment."""
        said = "".join(f"# {' '.join(line.split())}\n" for line in comments)
        with atomic_write(self.config, overwrite=True) as temporary:
            temporary.write_text(said + dump_config(config), encoding="utf-8")

    def load_config(self) -> Config:
        """Return the config of the run.

        Raises:
            InputError: The folder holds no run, or its config is damaged, or names code that the caller neither trusts
                nor has named.
        """
        self.refuse_none()
        with code_refused() as named:
            config = config_of_run(self.config)
        if not named:
            return config
        if not self.trust and (self.given is None or named_code(self.given) != named):
            raise UntrustedCodeError(
                f"{self.path} names code that would be run: {shorten(named)}",
                fix="--trust, where you know that code; train --resume also takes the same CONFIG again",
            )
        try:
            return config_of_run(self.config)
        except InputError:
            if named != [config.weighting.name]:
                raise
            return config  # how tasks were weighed is needed, and imported, only where training goes on

    def change_config(self, config: Config) -> None:
        """Write another config of a run that goes on, without the evaluation of what it was."""
        for stale in (self.evaluation, self.predictions):
            stale.unlink(missing_ok=True)
        self.write_config(config)

    def write_evaluation(self, values: Mapping[str, Any]) -> None:
        """Write the final evaluation, in place of an earlier one."""
        with atomic_write(self.evaluation, overwrite=True) as temporary:
            temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")

    def read_evaluation(self) -> dict[str, Any]:
        """Return the final evaluation.

        Raises:
            InputError: The run has not been evaluated, or the file is damaged.
        """
        if not self.evaluation.exists():
            raise InputError(f"{self.path} has not been evaluated", fix=f"gcnlabel evaluate {self.path}")
        return read_evaluation(self.evaluation)
