"""Texts as inputs, which the network tokenizes batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from typing_extensions import Self

from gcnlabel.data.on_demand import OnDemand


class TextBatch(list[str]):
    """A batch of texts, which is the same on any device."""

    def to(self, *_: Any, **__: Any) -> Self:
        """Return the same texts; only their tokens are moved to a device."""
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
        """Shape (N,): a text has no fixed size."""
        return (len(self),)

    def __getitem__(self, rows: Any) -> TextBatch:
        """Return the selected texts, also a single one, as a batch."""
        return TextBatch(self._texts[np.atleast_1d(self._picked(rows))])
