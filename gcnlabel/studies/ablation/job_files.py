"""Files of the results of jobs, from which an interrupted ablation is resumed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from gcnlabel import __version__
from gcnlabel.studies import kept
from gcnlabel.studies.ablation.job import Found, Job
from gcnlabel.studies.digest import digest as digest


def file_of(folder: Path, amount: str, seed: int) -> Path:
    """Return the file of a job's result."""
    name = "".join(letter if letter.isalnum() else "-" for letter in amount)
    return folder / f"{name}-{hashlib.sha256(amount.encode()).hexdigest()[:6]}" / f"{seed}.json"


def _depends(job: Job, data: str) -> dict[str, Any]:
    """Return everything that a job's result depends on, as JSON values."""
    config = {f"config.{key}": value for key, value in job.config.model_dump(mode="json").items()}
    budget = {"label budget": str(job.amount), "rates": list(job.budget.rates), "min_steps": job.budget.min_steps}
    values = config | budget | {"seed": job.seed, "heads": job.wanted, "data": data, "version": __version__}
    found: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return found


def known(path: Path | None, job: Job, data: str) -> Found | None:
    """Return the saved result of a job, or None.

    Args:
        path: Its file, or None.
        job: The job.
        data: :func:`digest` of its data.

    Raises:
        InputError: The file is of another config or other data, or damaged.
    """
    return kept.known(path, _depends(job, data), ("heads", "weights"))


def write(path: Path | None, job: Job, data: str, found: Found) -> None:
    """Write the result of a job, if ``path`` is given."""
    if path is not None:
        kept.write(path, _depends(job, data), found)
