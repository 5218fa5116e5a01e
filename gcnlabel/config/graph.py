"""Settings of the label graph in a config."""

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
    """Source of the label graph, and its conversion to a propagation matrix.

    Attributes:
        file: A finished graph (``gcnlabel build-graph``); then only ``embeddings`` may also be given.
        statistic: ``task:task`` -> statistic, measured on the training split; only edges between these pairs are used.
            None for statistic and pairs of the convention.
        borrowed: ``task:task`` -> other source of that block: ``emotic:PATH`` (its conditional probabilities), a raw
            graph (.safetensors) or a matrix with names (.csv).
        convention: Conversion of the statistic to a propagation matrix.
        tau: Threshold; None for the convention's.
        p: Total weight of the neighbours, or task -> weight (not in ``ml-gcn-code``); None for the convention's.
        pairs: ``task:task`` whose edges are used; None for all measured and borrowed ones.
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors.
        missing_words: Handling of words of labels that have no vector.
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
            raise ValueError(f"{', '.join(beside)} with a file, whose graph is finished")
        return self

    def changed(self, **changes: Any) -> Graph:
        """Return a copy with some settings changed."""
        return Graph(**{**dict(self), **changes})
