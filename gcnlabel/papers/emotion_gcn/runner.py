"""Train the planned runs: finished ones are skipped, interrupted ones resumed."""

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
    """Return a share of the runs for one of several machines: ``3/8`` is every eighth run, starting at the third.

    Raises:
        InputError: ``only`` is not K/N with 1 <= K <= N.

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
    """Train or resume every run that is not finished.

    Args:
        runs: The runs.
        source: Their training data.
        output: Output folder of the command.
        done: Called with each run once it is finished.
    """
    for planned in runs:
        folder = run_folder(output, source, planned)
        if finished(folder):
            with suppress(InputError), folder.held():
                pass  # locking the folder removes temporary files of a process that was killed at its end
        elif folder.last.exists():
            resume(folder, progress=False)
        else:
            train(planned.config(source), folder, overwrite=True, progress=False)
        done(planned)


def check_same_settings(runs: Iterable[Planned], source: Source, output: Path) -> None:
    """Check that existing runs have the settings of this call.

    Raises:
        InputError: A folder has a run of another config.
    """
    for planned in runs:
        folder = run_folder(output, source, planned)
        if folder.config.exists() and folder.load_config() != planned.config(source):
            raise InputError(f"{folder.path} has a run of another config", fix="give another --output")


def finished(folder: RunFolder) -> bool:
    """Return whether a run has an evaluation and predictions."""
    return folder.config.exists() and folder.evaluation.exists() and folder.predictions.exists()
