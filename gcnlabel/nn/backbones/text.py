"""A text encoder, fine-tuned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import PositiveInt
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import BACKBONES, Backbone, Shape, check_kind
from gcnlabel.text_encoder import load_transformer, pooling_of

MAX_TOKENS = 128
"""Default maximum number of tokens of a text."""
UNPROCESSED = "texts, not preprocessed; the tokenizer truncates them to {} tokens"


@BACKBONES.register("text")
def text(
    shape: Shape = (),
    *,
    model: str,
    max_tokens: PositiveInt | None = None,
    pool: Literal["mean", "cls"] | None = None,
    pretrained: bool = True,
) -> Backbone:
    """Return a sentence encoder, or another encoder of transformers (extra ``text``), with one vector per text.

    Vectors are not normalized to unit length, even if sentence-transformers would do so: heads use their norm.

    Args:
        shape: () for texts.
        model: Folder of a model of sentence-transformers or transformers, or its name on the Hugging Face hub.
        max_tokens: Maximum number of tokens, to which longer texts are truncated; null for 128, or the model's maximum
            if that is less.
        pool: ``mean`` of the vectors of all tokens, or ``cls``, the vector of the first; null for the setting in the
            model's folder, or else ``mean``.
        pretrained: Whether to start from the model's weights instead of random ones.

    Raises:
        InputError: transformers is not installed, the inputs are not texts, the model is not available or not an
            encoder, or its maximum number of tokens is less than ``max_tokens``.
    """
    check_kind(shape, "text", "texts")
    tokenizer, network = load_transformer(model, weights=pretrained)
    config = network.config
    if config.is_encoder_decoder or tokenizer.pad_token_id is None or not hasattr(config, "hidden_size"):
        raise InputError(
            f"{model} ({config.model_type}) is not an encoder", expected="e.g. BERT, RoBERTa, MPNet, ModernBERT"
        )
    if isinstance(getattr(network, "pooler", None), nn.Module):
        network.pooler = None  # unused (next-sentence prediction): its parameters would have no gradient
    network.train()  # transformers returns it in evaluation mode
    encoder = TextNetwork(tokenizer, network, _tokens(max_tokens, tokenizer, config), pool or pooling_of(model))
    return Backbone(encoder, config.hidden_size)


def _tokens(asked: int | None, tokenizer: Any, config: Any) -> int:
    """Return the maximum number of tokens of a text."""
    positions = getattr(config, "max_position_embeddings", None) or MAX_TOKENS
    most = min(int(tokenizer.model_max_length), positions if positions > 0 else MAX_TOKENS)
    if asked is not None and asked > most:
        raise InputError(f"model.backbone.max_tokens: {asked}", expected=f"at most {most}, the model's maximum")
    return min(MAX_TOKENS, most) if asked is None else asked


class TextNetwork(nn.Module):
    """Tokenizes texts, and pools the transformer's vectors of their tokens to one vector per text.

    A batch is padded to its longest text. Padding is masked, so that a text's vector does not depend on the batch.

    Args:
        tokenizer: A tokenizer of transformers.
        network: A transformer that returns ``last_hidden_state`` [B, T, D].
        max_tokens: Maximum number of tokens of a text.
        pool: ``mean`` or ``cls``.
    """

    def __init__(self, tokenizer: Any, network: nn.Module, max_tokens: int, pool: str) -> None:
        super().__init__()
        self.tokenizer, self.max_tokens, self.pool = tokenizer, max_tokens, pool
        self.network = network

    @property
    def preprocessing(self) -> str:
        """Description of the tokenization, for exported files."""
        return UNPROCESSED.format(self.max_tokens)

    def forward(self, texts: Any) -> Tensor:
        """Return the features [B, D] of texts [B]."""
        if isinstance(texts, str) or not all(isinstance(each, str) for each in texts):
            raise InputError(f"a batch that is a {type(texts).__name__}", expected="a list of texts")
        tokens = self.tokens(texts)
        last: Tensor = self.network(**tokens).last_hidden_state  # [B, T, D]
        if self.pool == "cls":
            return last[:, 0]
        mask = tokens["attention_mask"][..., None].to(last.dtype)
        return (last * mask).sum(1) / mask.sum(1).clamp(min=1)

    def tokens(self, texts: Any) -> dict[str, Tensor]:
        """Return the inputs of the transformer, int64 [B, T] each, on its device."""
        made = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.max_tokens, return_tensors="pt"
        )
        place = next(self.network.parameters()).device
        return {name: values.to(place) for name, values in made.items() if isinstance(values, torch.Tensor)}

    def keep_in(self, folder: Path) -> None:
        """Write tokenizer and configuration to a folder, from which a run is loaded without the model's folder."""
        folder.mkdir(exist_ok=True)
        self.tokenizer.save_pretrained(folder)
        self.network.config.save_pretrained(folder)  # type: ignore[operator, union-attr]
        (folder / "1_Pooling").mkdir(exist_ok=True)
        modes = {f"pooling_mode_{name}": name.startswith(self.pool) for name in ("cls_token", "mean_tokens")}
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(modes, indent=1) + "\n", encoding="utf-8")
