"""Base class of heads whose scores are not products with label vectors."""

from __future__ import annotations

import copy
from typing import NoReturn

from typing_extensions import Self

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.head import Head


class SampleWiseHead(Head):
    """A head without label vectors, which cannot be folded."""

    has_vectors = False

    def weight(self) -> NoReturn:
        """Not available: there are no label vectors.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"a {type(self).__name__} has no label vectors: they depend on the sample",
            expected="a linear, generated or cosine head",
        )

    def to_linear(self) -> NoReturn:
        """Not available: the scores are not linear in the features.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"the scores of a {type(self).__name__} are not linear in the features",
            fix="use head.fused(), which returns a copy",
        )

    def fused(self) -> Self:
        """Return a copy: it needs no label graph."""
        return copy.deepcopy(self)
