"""The result of each job of an ablation as a file, so that an ablation that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write
from gcnlabel.studies.ablation.job import Found, Job


def file_of(folder: Path, amount: str, seed: int) -> Path:
    """Return where the result of a job is kept."""
    name = "".join(letter if letter.isalnum() else "-" for letter in amount)
    return folder / f"{name}-{hashlib.sha256(amount.encode()).hexdigest()[:6]}" / f"{seed}.json"


def _fingerprint(job: Job) -> str:
    """Return a text that identifies everything that a job's result depends on."""
    told = {
        "config": job.config.model_dump(mode="json"),
        "heads": job.wanted,
        "rates": list(job.budget.rates),
        "min_steps": job.budget.min_steps,
        "label budget": [str(job.amount), job.seed],
    }
    whole = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode())
    for part in job.whole.parts.values():
        for target in part.annotations.targets.values():
            dense = target.toarray() if hasattr(target, "toarray") else np.asarray(target)
            whole.update(np.ascontiguousarray(dense).tobytes())
    return whole.hexdigest()


def known(path: Path | None, job: Job) -> Found | None:
    """Return the result of a job that was done before.

    Raises:
        InputError: The file is of another recipe or other data, or damaged.
    """
    if path is None or not path.exists():
        return None
    try:
        found: Found = json.loads(path.read_text(encoding="utf-8"))
        same = found["fingerprint"] == _fingerprint(job)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged", fix="remove it, or begin anew with --overwrite") from error
    if not same:
        raise InputError(
            f"{path} is of another config, other data, heads, rates or steps",
            fix="another --output, or --overwrite to begin anew",
        )
    return found


def write(path: Path | None, job: Job, found: Found) -> None:
    """Write the result of a job, where there is a path."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, overwrite=True) as temporary:
            content = {"fingerprint": _fingerprint(job), **found}
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
