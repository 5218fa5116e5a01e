"""Texts as inputs, which the network itself takes apart into tokens, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from typing_extensions import Self

from gcnlabel.data.on_demand import OnDemand


class TextBatch(list[str]):
    """Texts that go through a network together; they stay where they are on any device."""

    def to(self, *_: Any, **__: Any) -> Self:
        """Return the same texts: their tokens are what moves to a device."""
        return self


class Texts(OnDemand):
    """N texts; any index gives a :class:`TextBatch`.

    Args:
        texts: The texts.

    Example:
        >>> Texts(["rain", "snow", "sun"])[1:]
        ['snow', 'sun']
    """

    ndim = 1

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(len(texts))
        self._texts = np.array(texts, dtype=object)

    @property
    def shape(self) -> tuple[int]:
        """The number of texts, (N,): each has no size of its own."""
        return (len(self),)

    def __getitem__(self, rows: Any) -> TextBatch:
        """Return texts, also of one row, as a batch."""
        return TextBatch(self._texts[np.atleast_1d(self._picked(rows))])
