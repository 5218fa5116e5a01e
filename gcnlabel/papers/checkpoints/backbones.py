"""The backbones of the published Emotion-GCN script, found by the tensors that they alone have."""

from __future__ import annotations

import re
from functools import partial

from gcnlabel.errors import InputError, shorten
from gcnlabel.nn.backbones.breg_next import BLOCKS
from gcnlabel.papers.checkpoints.assembly import Architecture
from gcnlabel.papers.checkpoints.checkpoint import PublishedCheckpoint

LAYER = {
    "norm1": "_batchnorm_conv0",
    "conv1": "_conv0",
    "norm2": "_batchnorm_conv1",
    "conv2": "_conv1",
    "shortcut.a": "_shortcut._a",
    "shortcut.c": "_shortcut._c",
}
"""Our name of a part of BReG-NeXt's residual layer -> the published one."""
DENSENET, BREG_NEXT = re.compile(r"(.*?\.)denseblock1\..*"), re.compile(r"((?:.*?\.)?)_conv0\.weight")
"""Names of each backbone's tensors, with what stands before them."""


def backbone_of(checkpoint: PublishedCheckpoint, *, generated: bool) -> Architecture:
    """Return the architecture of a checkpoint.

    DenseNet-121 is torchvision's ``features``; generated label vectors meet them max-pooled, linear layers meet them
    after a ReLU, average-pooled. BReG-NeXt always ends with batch-norm, ELU and an average.

    Args:
        checkpoint: The published tensors.
        generated: Whether label vectors are generated, or free ones (``single_task``, ``multi_task``).

    Raises:
        InputError: It has neither backbone.
    """
    kind = "Emotion-GCN" if generated else "the linear baseline"
    for name in sorted(checkpoint.state, key=len):
        if found := DENSENET.fullmatch(name):
            pool, options = ("max", {}) if generated else ("average", {"relu": True})
            theirs = partial(_densenet_name, before=found[1])
            return Architecture(f"{kind} with DenseNet-121", "densenet121", pool, 227, theirs, options=options)
        if found := BREG_NEXT.fullmatch(name):
            before = found[1]
            unused = (f"{before}_fc0.weight", f"{before}_fc0.bias") if generated else ()
            theirs = partial(_breg_next_name, before=before)
            return Architecture(f"{kind} with BReG-NeXt", "breg_next", "average", 112, theirs, unused)
    raise InputError(
        f"{checkpoint.path} has a backbone that is not known",
        where=f"its tensors: {shorten(checkpoint.state)}",
        expected="DenseNet-121 (features.denseblock1..., model_base.denseblock1...) or BReG-NeXt (model._conv0...)",
    )


def _densenet_name(ours: str, before: str) -> str:
    return ours.replace("network.1.", before, 1)


def _breg_next_name(ours: str, before: str) -> str:
    """Return ``<before>_model.<block>._layer_stack.<layer>...`` for a layer, which is numbered through here."""
    _, position, part = ours.split(".", 2)
    if position == "1":
        return f"{before}_conv0.{part}"
    number = int(position) - 2
    for block, (count, _, _) in enumerate(BLOCKS):
        if number < count:
            name = next(name for name in LAYER if part.startswith(name))
            return f"{before}_model.{block}._layer_stack.{number}.{part.replace(name, LAYER[name], 1)}"
        number -= count
    return f"{before}_model.{len(BLOCKS)}.{part}"
