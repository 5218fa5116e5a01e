"""Tasks and input shape of a run, saved in its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file
from gcnlabel.tasks import TaskSet

MAX_SIZE = 2**24
"""Largest dimension of an input; a larger one means a damaged file."""


@dataclass(frozen=True)
class Signature:
    """Tasks and shape of the inputs of a run.

    Attributes:
        tasks: The predicted tasks.
        inputs: Shape of one input: (D,) for features, (C, H, W) for images, (D, A) for graphs (number of features of a
            node and of an edge), () for texts.
    """

    tasks: TaskSet
    inputs: tuple[int, ...]

    def save(self, path: Path) -> None:
        """Write a JSON file; an existing file is replaced."""
        content = {"tasks": self.tasks.to_declarations(), "inputs": list(self.inputs)}
        with atomic_write(path, overwrite=True) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Signature:
        """Read a file that :meth:`save` wrote.

        Raises:
            InputError: The file is damaged.
        """
        try:
            content = json.loads(existing_file(path, "signature of the run").read_text(encoding="utf-8"))
            shape = content["inputs"]
            if (
                not isinstance(shape, list)
                or len(shape) > 3
                or not all(type(n) is int and 0 < n <= MAX_SIZE for n in shape[: 1 if len(shape) == 2 else 3])
                or not all(type(n) is int and 0 <= n <= MAX_SIZE for n in shape[-1:])  # edges may have no features
            ):
                raise ValueError(f"inputs are {shape!r:.80}")
            return cls(TaskSet.from_dict(content["tasks"], where=path), tuple(shape))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            why = str(error).partition("\n")[0]
            fix = "remove it: tasks and shape are then read from config and graph, where possible"
            raise InputError(f"{path} is damaged: {why}", fix=fix) from error
