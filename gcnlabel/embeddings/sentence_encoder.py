"""Label embeddings by a sentence encoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gcnlabel.embeddings.embedding import EMBEDDINGS
from gcnlabel.errors import InputError
from gcnlabel.text_encoder import load_encoder


@EMBEDDINGS.register("text")
def text_embeddings(labels: Sequence[str], missing: str = "error", *, model: str, template: str = "{}") -> Tensor:
    """Return the embeddings [L, F] of the labels' names by a sentence encoder (extra ``text``).

    Underscores of a name are read as spaces. ``missing`` has no effect.

    Args:
        labels: Names of the labels.
        missing: Ignored: every text has a vector.
        model: Folder of a sentence-transformers model, or its name on the Hugging Face hub.
        template: Text in which the name replaces ``{}``, e.g. ``a photo of {}``.

    Raises:
        InputError: sentence-transformers is not installed, the model cannot be loaded, or the template does not have
            exactly one ``{}``.
    """
    if template.count("{}") != 1:
        raise InputError(f"template {template!r}", expected="a text with one {}, e.g. 'a photo of {}'")
    texts = [template.replace("{}", label.replace("_", " ")) for label in labels]
    encoded = load_encoder(model).encode(texts, convert_to_tensor=True, show_progress_bar=False)
    return torch.as_tensor(encoded).detach().float().cpu().clone()
