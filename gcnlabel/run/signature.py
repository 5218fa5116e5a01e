"""What a run takes and predicts, kept in its folder: nothing has to be read again, or guessed, to use it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file
from gcnlabel.tasks import TaskSet

MAX_SIZE = 2**24
"""Of one dimension of an input: more is damage."""


@dataclass(frozen=True)
class Signature:
    """Tasks and size of the inputs of a run.

    Attributes:
        tasks: What it predicts.
        inputs: Shape of one input: (D,) of features, (C, H, W) of images, (D, A) of graphs: features of a node
            and of an edge; () of texts.
    """

    tasks: TaskSet
    inputs: tuple[int, ...]

    def save(self, path: Path) -> None:
        """Write a JSON file, in place of an earlier one."""
        content = {"tasks": self.tasks.to_declarations(), "inputs": list(self.inputs)}
        with atomic_write(path, overwrite=True) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Signature:
        """Return what :meth:`save` wrote.

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
            raise InputError(f"{path} is damaged: {why}", fix="remove it: config and graph say most of it") from error
