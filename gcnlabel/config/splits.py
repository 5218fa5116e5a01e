"""Which samples of a source are trained on, selected on and reported: splits by name, or drawn by fractions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from gcnlabel.settings import Section

NAME, FRACTION = "<name>", "<fraction>"
PARTS = ("train", "val", "test")
NameOrFraction = Annotated[
    Annotated[str, Tag(NAME)] | Annotated[float, Field(gt=0, lt=1), Tag(FRACTION)],
    Discriminator(lambda value: FRACTION if isinstance(value, float) else NAME),  # one message, about what was meant
]


class Splits(Section):
    """Which split is trained on, selected on and reported: its name in the annotations, or a fraction of all samples.

    Attributes:
        train: Split that is trained on and that the graph is measured on.
        val: Split for selecting, or None: then ``holdout`` of the training split is taken, at random by the seed.
        test: Split that is reported.
        holdout: Share of the training split held out when there is no ``val``.
    """

    train: NameOrFraction = "train"
    val: NameOrFraction | None = "val"
    test: NameOrFraction = "test"
    holdout: Annotated[float, Field(gt=0, lt=1)] = 0.15

    @property
    def fractions(self) -> dict[str, float] | None:
        """Fraction of all samples in each split, None where splits have names."""
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
            raise ValueError(f"{value} is neither a fraction between 0 and 1 nor a name; quote a name: '{value}'")
        return value

    @model_validator(mode="before")
    @classmethod
    def _no_val_beside_fractions(cls, given: Any) -> Any:
        """Let ``{train: .8, test: .2}`` hold out a share of the training split."""
        drawn = isinstance(given, dict) and any(isinstance(value, float) for value in map(given.get, ("train", "test")))
        return {"val": None, **given} if drawn else given

    @model_validator(mode="after")
    def _all_names_or_all_fractions(self) -> Splits:
        given = [value for value in (self.train, self.val, self.test) if value is not None]
        numbers = [value for value in given if not isinstance(value, str)]
        if 0 < len(numbers) < len(given):
            raise ValueError(f"names and fractions side by side: {', '.join(map(str, given))}")
        if numbers and abs(sum(numbers) - 1) > 1e-6:
            raise ValueError(f"the fractions {' + '.join(map(str, numbers))} make {sum(numbers):g}, not 1")
        return self


class Divided(Section):
    """A source whose splits have names, or are drawn.

    Attributes:
        splits: The splits.
        split_seed: Seed of a split by fractions; another than ``seed``, so that all seeds share one split.
    """

    splits: Splits = Splits()
    split_seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _drawn_by_the_seed(self) -> Divided:
        if self.split_seed and self.splits.fractions is None:
            raise ValueError("split_seed has no effect: splits have names; it is for fractions")
        return self


class Published(Section):
    """A source whose splits were published: they have names, and are not drawn."""

    splits: Splits = Splits()

    @model_validator(mode="after")
    def _no_fractions(self) -> Published:
        if self.splits.fractions is not None:
            raise ValueError("splits by fractions: this source has published splits, which are named")
        return self
