"""The head that is chosen by the training samples."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext


@HEADS.register("default")
def default(context: HeadContext) -> Head:
    """Stand for another head, which the tasks and their annotations decide; see :mod:`gcnlabel.run.default_head`.

    Raises:
        InputError: Always: it must be known which head that is.
    """
    raise InputError("head 'default' stands for another", fix="resolve_default(config, annotations), which says which")
