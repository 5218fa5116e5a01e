"""Placeholder of the default head, which is chosen from the training samples."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext


@HEADS.register("default")
def default(context: HeadContext) -> Head:
    """Placeholder for a head chosen from the tasks and their annotations; see :mod:`gcnlabel.run.default_head`.

    Raises:
        InputError: Always: the head must be chosen first.
    """
    raise InputError("head 'default' is not resolved", fix="call resolve_default(config, annotations) first")
