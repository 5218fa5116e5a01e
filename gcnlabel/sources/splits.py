"""Training, validation and test splits: by name, or random by fractions."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from gcnlabel.annotations import Annotations, stratified_split
from gcnlabel.settings import Section

Rows = npt.NDArray[np.int64]
NAME, FRACTION = "<name>", "<fraction>"
PARTS = ("train", "val", "test")
NameOrFraction = Annotated[
    Annotated[str, Tag(NAME)] | Annotated[float, Field(gt=0, lt=1), Tag(FRACTION)],
    Discriminator(lambda value: FRACTION if isinstance(value, float) else NAME),  # one error message instead of two
]


class Splits(Section):
    """Splits for training, selection and testing, each by its name in the annotations or as a fraction of all samples.

    Attributes:
        train: Training split, on which the graph is also measured.
        val: Validation split, for selection; None for a random fraction ``holdout`` of the training split.
        test: Test split, for the reported metrics.
        holdout: Fraction of the training split to hold out if there is no ``val``.
    """

    train: NameOrFraction = "train"
    val: NameOrFraction | None = "val"
    test: NameOrFraction = "test"
    holdout: Annotated[float, Field(gt=0, lt=1)] = 0.15

    @property
    def fractions(self) -> dict[str, float] | None:
        """Fraction of all samples in each split; None for named splits."""
        train, val, test = self.train, self.val, self.test
        if isinstance(train, str) or isinstance(val, str) or isinstance(test, str):
            return None
        if val is None:
            train, val = train * (1 - self.holdout), train * self.holdout
        return {"train": train, "val": val, "test": test}

    @field_validator(*PARTS, mode="before")
    @classmethod
    def _name_or_fraction(cls, value: Any) -> Any:
        if isinstance(value, int):
            raise ValueError(f"{value} is neither a fraction between 0 and 1 nor a name; quote names: '{value}'")
        return value

    @model_validator(mode="before")
    @classmethod
    def _no_val_beside_fractions(cls, given: Any) -> Any:
        """For ``{train: .8, test: .2}``, set ``val`` to None to hold out a fraction of the training split."""
        drawn = isinstance(given, dict) and any(isinstance(value, float) for value in map(given.get, ("train", "test")))
        return {"val": None, **given} if drawn else given

    @model_validator(mode="after")
    def _all_names_or_all_fractions(self) -> Splits:
        given = [value for value in (self.train, self.val, self.test) if value is not None]
        numbers = [value for value in given if not isinstance(value, str)]
        if 0 < len(numbers) < len(given):
            raise ValueError(f"both names and fractions: {', '.join(map(str, given))}")
        if numbers and abs(sum(numbers) - 1) > 1e-6:
            raise ValueError(f"the fractions {' + '.join(map(str, numbers))} sum to {sum(numbers):g}, not 1")
        return self


def named_rows(annotations: Annotations, splits: Splits, seed: int) -> dict[str, Rows]:
    """Return the rows of ``train``, ``val`` and ``test`` for named splits.

    Args:
        annotations: All samples.
        splits: The names.
        seed: Seed of the random holdout set if there is no ``val`` split.

    Raises:
        InputError: There is no such split.
    """
    rows = {part: _rows(annotations, name) for part in PARTS if (name := getattr(splits, part)) is not None}
    if splits.val is not None:
        return rows
    train = rows["train"]
    if annotations.groups is not None:
        shares = {"train": 1 - splits.holdout, "val": splits.holdout}
        return rows | {
            part: train[of] for part, of in stratified_split(annotations.select(train), shares, seed).items()
        }
    shuffled = np.random.default_rng(seed).permutation(train)
    held_out = max(1, round(splits.holdout * len(shuffled)))
    return rows | {"val": np.sort(shuffled[:held_out]), "train": np.sort(shuffled[held_out:])}


def _rows(annotations: Annotations, split: str) -> Rows:
    annotations.of_split(split)  # raises if there is no such split
    rows: Rows = np.flatnonzero(annotations.split == split)
    return rows
