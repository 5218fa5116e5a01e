"""Compute statistics of files larger than memory in chunks: in one process, in several, or on a Dask cluster.

The chunks and the order in which they are merged are the same in every case, and so is the result, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.annotations import AS_SEEN, Layout, count_rows, read_rows, warn_odd_file
from gcnlabel.annotations.counted_rows import unannotated_rows, used_rows
from gcnlabel.annotations.number_codes import coded_rows
from gcnlabel.annotations.tag_signs import TagSigns
from gcnlabel.files import unchanged
from gcnlabel.processes import unordered
from gcnlabel.progress import Report, counted
from gcnlabel.statistics.blocks import LabelStatistics, Pair
from gcnlabel.statistics.cluster import cluster
from gcnlabel.tasks import TaskSet

Measured = tuple[LabelStatistics, TagSigns]
CHUNK_ROWS = 2**20
"""Rows of a chunk, which takes about a hundred bytes per row and column while it is counted."""
TIMEOUT = 60.0
"""Seconds to wait for a scheduler, and for its workers."""


@dataclass(frozen=True)
class Chunk:
    """A chunk of rows of a table, and the statistics to compute on it."""

    path: Path
    first: int
    rows: int
    tasks: TaskSet
    blocks: Mapping[Pair, str]
    split: str | None
    options: Mapping[str, Any]

    def measure(self) -> Measured:
        """Read and count the rows; return their statistics and the signs that decide later what -1 means in them."""
        columns = {} if self.split is None else {"split_column": self.options["split_column"]}
        rest = {key: value for key, value in self.options.items() if key != "split_column"}
        annotations, signs = read_rows(self.path, self.tasks, self.first, self.rows, **columns, **rest)
        name = self._name
        rows = used_rows(annotations, name) + unannotated_rows(annotations, name) + coded_rows(annotations, name)
        if self.split is not None:
            annotations = annotations.select(np.asarray(annotations.split == self.split))
            rows = rows.of_splits([self.split])
        statistics = LabelStatistics(self.tasks, self.blocks).update(annotations)
        statistics.rows = rows
        return statistics, signs

    def _name(self, row: int) -> str:
        return f"{self.path.name} row {self.first + row + 1} below the header"


def measure_files(
    paths: Sequence[str | Path],
    tasks: TaskSet,
    blocks: Mapping[Pair, str],
    *,
    split: str | None = None,
    split_column: str = "split",
    missing: Sequence[str] = (),
    layout: Layout = AS_SEEN,
    workers: int = 1,
    scheduler: str | None = None,
    timeout: float = TIMEOUT,
    rows: int | None = None,
    progress: Report | None = None,
) -> LabelStatistics:
    """Return the statistics of tables, with only a few chunks of them in memory.

    Args:
        paths: CSV or Parquet files; a scheduler's workers must see them under the same paths.
        tasks: Tasks that they annotate.
        blocks: Pair of tasks -> name of its statistic.
        split: The split to use; None for all rows.
        split_column: Column that names each row's split.
        missing: Cell texts that mean "not annotated".
        layout: Layout of the files. A file in long form is read as a whole.
        workers: Number of processes on this machine.
        scheduler: Address of a Dask scheduler, ``tcp://host:port``, whose workers have gcnlabel installed.
        timeout: Seconds to wait for the scheduler, and for workers while it has none.
        rows: Rows of a chunk; None for 1,048,576. Only the last bits of Pearson's correlation depend on it.
        progress: Called with the number of finished chunks and of all chunks.

    Raises:
        InputError: A file cannot be read or changes meanwhile; the scheduler cannot be reached or has no live worker.
    """
    options = {"split_column": split_column, "missing": tuple(missing), "layout": layout}
    with unchanged(paths):
        parts = [Chunk(*piece, tasks, dict(blocks), split, options) for piece in _pieces(paths, layout, rows)]
        with _measured(parts, workers, scheduler, timeout) as measured:
            return _merged(LabelStatistics(tasks, blocks), counted(measured, len(parts), progress))


def _merged(total: LabelStatistics, measured: Iterator[Measured]) -> LabelStatistics:
    all_signs = TagSigns()
    for statistics, signs in measured:
        total.merge(statistics)
        all_signs.merge(signs)
    all_signs.decided(total.tasks)
    return total


def _pieces(paths: Sequence[str | Path], layout: Layout, rows: int | None) -> Iterator[tuple[Path, int, int]]:
    """Yield file, first row and number of rows of each chunk; a file in long form is one chunk."""
    counts = {path: count_rows(path, layout) for path in dict.fromkeys(paths)}
    for path, count in counts.items():
        warn_odd_file(path, count, layout)
    for path in paths:
        size = (CHUNK_ROWS if rows is None else rows) if layout.long is None else counts[path]
        yield from ((Path(path).resolve(), first, size) for first in range(0, counts[path], size))


@contextmanager
def _measured(
    parts: Sequence[Chunk], workers: int, scheduler: str | None, timeout: float
) -> Iterator[Iterator[Measured]]:
    if scheduler is None:
        yield _in_order(parts, workers)
    else:
        with cluster(scheduler, timeout) as submit:
            yield submit(Chunk.measure, parts)


def _in_order(parts: Sequence[Chunk], workers: int) -> Iterator[Measured]:
    """Yield the statistics of the parts in their order, whichever is ready first."""
    ready: dict[int, Measured] = {}
    place = {id(part): i for i, part in enumerate(parts)}
    following = 0
    for part, statistics in unordered(Chunk.measure, parts, workers):
        ready[place[id(part)]] = statistics
        while following in ready:
            yield ready.pop(following)
            following += 1
