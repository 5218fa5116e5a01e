"""Heads that look at each sample in a way of its own: no label has a vector that is the same for all."""

from __future__ import annotations

import copy
from typing import NoReturn

from typing_extensions import Self

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.head import Head


class SampleWiseHead(Head):
    """A head whose scores are no product with label vectors: it has none, and cannot be folded."""

    has_vectors = False

    def weight(self) -> NoReturn:
        """There are no label vectors.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"a {type(self).__name__} has no label vectors: what it looks for differs from sample to sample",
            expected="a head that is linear, generated or made of angles",
        )

    def to_linear(self) -> NoReturn:
        """The scores are not linear in the features.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"the scores of a {type(self).__name__} are not linear in the features",
            fix="keep it as it is: head.fused()",
        )

    def fused(self) -> Self:
        """Return a copy: it needs no label graph."""
        return copy.deepcopy(self)
