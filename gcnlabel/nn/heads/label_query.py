"""A baseline without a graph: label queries that attend to the sample."""

from __future__ import annotations

import torch
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.errors import InputError
from gcnlabel.nn.heads.part import HEADS, HeadContext
from gcnlabel.nn.heads.sample_wise import SampleWiseHead
from gcnlabel.nn.heads.tokens import TokenCount, token_map
from gcnlabel.tasks import TaskSet


class LabelQueryHead(SampleWiseHead):
    """Label queries that attend to tokens of the sample (Query2Label, Liu et al. 2021; ML-Decoder, Ridnik et al. 2023).

    With tokens T of the sample [M, C] and a learned query q for each label::

        a = LN(q + Attention(q, T, T))      multi-head: softmax(q Wq (T Wk)ᵀ / sqrt(C / heads)) T Wv Wo
        z = LN(a + FF(a))                   FF: C -> 2 C -> C with ReLU
        score = v · z + b                   v, b: of the label

    As in ML-Decoder (WACV 2023) there is one layer, queries do not attend to each other, and the last product is its
    group fully-connected layer with one label per query. There is no dropout, as in the other heads.

    Args:
        tasks: Tasks to predict.
        in_features: Size of the features, D.
        tokens: Number of tokens that are computed from the features, M, at least 2; see :class:`Tokens`.
        width: Size of tokens and queries, C.
        heads: Number of attention heads; must divide ``width``.
        channels: Channels of the feature map whose positions are the tokens; see
            :class:`~gcnlabel.nn.heads.tokens.Positions`. None for tokens of pooled features.

    Raises:
        InputError: ``tokens`` is less than 2, ``heads`` does not divide ``width``, or ``channels`` does not divide the
            number of features.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> head = LabelQueryHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> head(torch.zeros(3, 4))["tags"].shape
        torch.Size([3, 2])
    """

    bias: nn.Parameter

    def __init__(
        self,
        tasks: TaskSet,
        in_features: int,
        tokens: int = 16,
        width: int = 16,
        heads: int = 2,
        channels: int | None = None,
    ) -> None:
        super().__init__(tasks, in_features, bias=True)
        self.tokens = token_map(in_features, tokens, width, channels)
        self.attention = CrossAttention(width, heads)
        self.feed_forward = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.queries = nn.Parameter(torch.randn(tasks.num_labels, width))
        self.vectors = nn.Parameter(torch.empty(tasks.num_labels, width).uniform_(-(width**-0.5), width**-0.5))

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        return self._scores(features, self.queries, self.vectors) + self.bias

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples; the other queries are not computed."""
        return self._scores(features, self.queries[labels], self.vectors[labels]) + self.bias[labels]

    def _scores(self, features: Tensor, queries: Tensor, vectors: Tensor) -> Tensor:
        found = self.norms[0](queries + self.attention(queries, self.tokens(features)))  # [B, K, C]
        found = self.norms[1](found + self.feed_forward(found))
        return (found * vectors).sum(2)


class CrossAttention(nn.Module):
    """Multi-head attention of queries that are the same for all samples (Vaswani et al. 2017, Section 3.2).

    Since queries are shared, the maps of keys and values are multiplied with the queries and the output map once per
    batch, instead of with the tokens of each sample.

    Args:
        width: Size of queries and tokens, C.
        heads: Number of heads, each of size C / heads.

    Raises:
        InputError: ``heads`` does not divide ``width``.

    Example:
        >>> CrossAttention(4, heads=2)(torch.zeros(3, 4), torch.zeros(5, 2, 4)).shape
        torch.Size([5, 3, 4])
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or width % heads:
            raise InputError(f"{heads} attention heads over a width of {width}", expected="a number that divides it")
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, queries: Tensor, tokens: Tensor) -> Tensor:
        """Return the attention outputs [B, K, C] of queries [K, C] over the tokens [B, M, C] of each sample."""
        by_head = (self.heads, -1)
        keys, values = (layer.weight.unflatten(0, by_head) for layer in (self.key, self.value))  # [heads, C / heads, C]
        keyed = torch.einsum("khc,hcd->khd", self.query(queries).unflatten(1, by_head), keys)
        logits = F.linear(tokens, keyed.flatten(0, 1)) * keys.shape[1] ** -0.5  # [B, M, K heads]
        attended = logits.transpose(1, 2).softmax(-1) @ tokens  # [B, K heads, C]
        mapped = torch.einsum("ohc,hcd->ohd", self.out.weight.unflatten(1, by_head), values)
        return F.linear(attended.unflatten(1, (-1, self.heads)).flatten(-2), mapped.flatten(1))


@HEADS.register("label-query")
def label_query(
    context: HeadContext,
    *,
    tokens: TokenCount = 16,
    width: PositiveInt = 16,
    heads: PositiveInt = 2,
    channels: PositiveInt | None = None,
) -> LabelQueryHead:
    """Return label queries that attend to the features.

    Args:
        context: Tasks and features.
        tokens: Number of tokens that are computed from the features.
        width: Size of tokens and queries.
        heads: Number of attention heads; must divide the width.
        channels: Channels of the feature map whose positions are the tokens, with ``pool: none`` of the backbone; null
            for tokens of pooled features.
    """
    return LabelQueryHead(context.own_tasks, context.in_features, tokens, width, heads, channels)
