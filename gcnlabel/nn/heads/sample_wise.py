"""Heads whose label vectors depend on the sample: no label has one vector for all samples."""

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
