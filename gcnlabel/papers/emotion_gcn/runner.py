"""Training what a table needs: finished runs are skipped, stopped ones go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from gcnlabel.errors import InputError
from gcnlabel.papers.emotion_gcn.plan import Planned, Source
from gcnlabel.run import RunFolder, resume, train


def run_folder(output: Path, source: Source, planned: Planned) -> RunFolder:
    """Return the folder of a run."""
    return RunFolder(output / "runs" / source.name / planned.name, given=planned.config(source))


def share_of(runs: Sequence[Planned], only: str | None) -> list[Planned]:
    """Return the runs of one of several machines: ``3/8`` is every eighth run from the third on.

    Raises:
        InputError: It is no such share.

    Example:
        >>> [run.seed for run in share_of([Planned("emotion-gcn", seed) for seed in range(5)], "2/3")]
        [1, 4]
    """
    if only is None:
        return list(runs)
    first, _, count = only.partition("/")
    if not (first.isdigit() and count.isdigit() and 1 <= int(first) <= int(count)):
        raise InputError(f"--only {only}", expected="K/N with 1 <= K <= N, e.g. 3/8")
    return list(runs[int(first) - 1 :: int(count)])


def train_all(
    runs: Iterable[Planned], source: Source, output: Path, *, done: Callable[[Planned], None] = lambda planned: None
) -> None:
    """Train every run that is not finished yet.

    Args:
        runs: What to train.
        source: What on.
        output: Folder of everything.
        done: Told of each run that is finished.

    """
    for planned in runs:
        folder = run_folder(output, source, planned)
        if finished(folder):
            with suppress(InputError), folder.held():
                pass  # which removes what a process has left that was killed at the very end
        elif folder.last.exists():
            resume(folder, progress=False)
        else:
            train(planned.config(source), folder, overwrite=True, progress=False)
        done(planned)


def check_same_settings(runs: Iterable[Planned], source: Source, output: Path) -> None:
    """Check that the runs already there were made with the settings of this call.

    Raises:
        InputError: A folder holds a run of another config.
    """
    for planned in runs:
        folder = run_folder(output, source, planned)
        if folder.config.exists() and folder.load_config() != planned.config(source):
            raise InputError(f"{folder.path} holds a run of another config", fix="give another --output")


def finished(folder: RunFolder) -> bool:
    """Return whether a run has been evaluated."""
    return folder.config.exists() and folder.evaluation.exists() and folder.predictions.exists()
