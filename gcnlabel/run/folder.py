"""The run folder and its files."""

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
from gcnlabel.files import atomic_write, locked, remove_stale, writable_folder
from gcnlabel.run.places import CONFIG, refuse_none
from gcnlabel.run.reading import read_evaluation
from gcnlabel.sources.pictures import STRETCHED
from gcnlabel.training import BEST, LAST, LOGS


def config_of_run(path: Path, changes: Iterable[str] = ()) -> Config:
    """Return the config of a run, with changes (``key=value``).

    Without ``calibrate`` it is ``none``, and without ``crop`` images are stretched, as in the versions that wrote
    neither: a resumed run keeps that.

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
        split: ``split.csv``, the split of each row (only for random splits by fractions).
        signature: ``signature.json``, tasks and shape of the inputs.
        encoder: ``encoder.json``, the encoder of the features (if ``gcnlabel features`` made them).
        backbone: ``backbone``, tokenizer and configuration of a backbone of texts, without weights.
        metrics: ``metrics.csv``, one row per epoch.
        last: ``checkpoints/last.safetensors``, to resume from.
        best: ``checkpoints/best.safetensors``, the selected epoch.
        evaluation: ``evaluation.json``.
        rows: ``rows.csv``, numbers of used and left out rows of the data, by split and reason.
        predictions: ``predictions.safetensors``, scores and targets of the evaluated split; ``ids``, a JSON list of
            the samples' ids as bytes, if the data have ids; label vectors, if the head has some.
        job: ``slurm.json``, the SLURM job that trains the run, if any.

    Args:
        path: The folder.
        trust: Whether code that its config names (``module:attribute``) may be run.
        given: A config from the caller, whose code may be run.
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
        """Check that the folder holds no run.

        Raises:
            InputError: It holds a run.
        """
        if self.config.exists():
            raise InputError(
                f"{self.path} holds a run already",
                fix=f"resume it: train --resume --output {self.path}, give another --output, or pass --overwrite",
            )

    def refuse_none(self) -> None:
        """Check that the folder holds a run.

        Raises:
            InputError: It holds none.
        """
        refuse_none(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Create the folder if needed, and lock it against other trainings.

        Raises:
            InputError: Another process trains in it, or it cannot be created or written.
        """
        with locked(writable_folder(self.path), "is being trained"):
            remove_stale(self.path)
            remove_stale(self.last.parent)
            yield

    @property
    def is_imported(self) -> bool:
        """Whether it holds imported weights, whose training cannot be resumed."""
        return self.best.exists() and not self.last.exists() and not self.metrics.exists()

    def create(self, config: Config, *, overwrite: bool = False) -> None:
        """Create the folder, remove files of an earlier run, and write the config.

        Raises:
            InputError: There is a run and ``overwrite`` is false, or the folder cannot be written.
        """
        if not overwrite:
            self.refuse_a_run()
        writable_folder(self.path)
        kept = (self.graph, self.split, self.signature, self.encoder, self.rows, self.metrics, self.job)
        made = [self.last, self.best, self.evaluation, self.predictions, *kept]
        if not (self.config.exists() and self.config.read_bytes() == dump_config(config).encode()):
            made.insert(0, self.config)  # removed first, so that no file remains with the config of another run
        try:
            for stale in (*made, *self.path.glob("hpc_ckpt_*.ckpt"), *self.last.parent.glob("hpc_ckpt_*.ckpt")):
                stale.unlink(missing_ok=True)
            for tree in (self.path / LOGS, self.backbone):
                shutil.rmtree(tree, ignore_errors=True)
        except OSError as error:
            raise InputError(f"cannot remove {stale}: {error.strerror}", fix="choose another folder") from error
        self.write_config(config)

    def write_config(self, config: Config, comments: Iterable[str] = ()) -> None:
        """Write the config, after lines of comments; an existing file is replaced."""
        head = "".join(f"# {' '.join(line.split())}\n" for line in comments)
        with atomic_write(self.config, overwrite=True) as temporary:
            temporary.write_text(head + dump_config(config), encoding="utf-8")

    def load_config(self) -> Config:
        """Return the config of the run.

        Raises:
            InputError: The folder holds no run, its config is damaged, or it names code that the caller neither trusts
                nor has given.
        """
        self.refuse_none()
        with code_refused() as named:
            config = config_of_run(self.config)
        if not named:
            return config
        if not self.trust and (self.given is None or named_code(self.given) != named):
            raise UntrustedCodeError(
                f"{self.path} names code that would be run: {shorten(named)}",
                fix="pass --trust if you know that code; or, with train --resume, the same CONFIG again",
            )
        try:
            return config_of_run(self.config)
        except InputError:
            if named != [config.weighting.name]:
                raise
            return config  # the weighting is only needed, and imported, to resume training

    def change_config(self, config: Config) -> None:
        """Write another config of a run that is resumed, and remove its old evaluation."""
        for stale in (self.evaluation, self.predictions):
            stale.unlink(missing_ok=True)
        self.write_config(config)

    def write_evaluation(self, values: Mapping[str, Any]) -> None:
        """Write the final evaluation; an existing file is replaced."""
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
