"""What a training config may say of the label graph."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gcnlabel.embeddings import EMBEDDINGS
from gcnlabel.graph import LENDERS
from gcnlabel.registry import Part
from gcnlabel.settings import Section, Share, ShareOrShares
from gcnlabel.statistics import STATISTICS
from gcnlabel.transforms import CONVENTIONS
from gcnlabel.transforms.conventions import DEFAULT_CONVENTION


class Graph(Section):
    """Where the label graph comes from and how it is made a propagation matrix.

    Attributes:
        file: A finished graph (``gcnlabel build-graph``); then nothing else may be given but ``embeddings``.
        statistic: ``task:task`` -> statistic, measured on the training split, whose edges alone then count; None for
            the convention's.
        borrowed: ``task:task`` -> where that block comes from instead of the training split: ``emotic:PATH`` (its
            conditional probabilities), a raw graph (.safetensors) or a matrix with names (.csv).
        convention: How the statistic becomes a propagation matrix.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's, or task -> weight (not in ``ml-gcn-code``).
        pairs: ``task:task`` whose edges count, instead of all that are measured or borrowed.
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors.
        missing_words: What to do about words of labels that have no vector.
    """

    file: str | None = None
    statistic: dict[str, Annotated[Part, STATISTICS]] | None = None
    borrowed: dict[str, Annotated[Part, LENDERS]] = Field(default={})
    convention: Annotated[Part, CONVENTIONS] = Field(default_factory=partial(CONVENTIONS.parse, DEFAULT_CONVENTION))
    tau: Share | None = None
    p: ShareOrShares | None = None
    pairs: list[str] | None = None
    embeddings: Annotated[Part, EMBEDDINGS] | None = None
    missing_words: Literal["error", "skip", "random", "zero"] = "error"

    @model_validator(mode="after")
    def _file_alone(self) -> Graph:
        beside = [
            name for name in ("statistic", "borrowed", "tau", "p", "pairs") if getattr(self, name) not in (None, {})
        ]
        if self.file is not None and beside:
            raise ValueError(f"{', '.join(beside)} beside a file, whose graph is finished")
        return self

    def changed(self, **changes: Any) -> Graph:
        """Return these settings with some of them changed."""
        return Graph(**{**dict(self), **changes})
