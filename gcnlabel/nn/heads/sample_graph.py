"""A baseline with a separate graph for each sample."""

from __future__ import annotations

import torch
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.nn.heads.part import HEADS, HeadContext
from gcnlabel.nn.heads.sample_wise import SampleWiseHead
from gcnlabel.nn.heads.tokens import TokenCount, token_map
from gcnlabel.nn.label_gcn import SLOPE
from gcnlabel.tasks import TaskSet


class SampleGraphHead(SampleWiseHead):
    """A graph of the labels for each sample, made from the sample (ADD-GCN, Ye et al., ECCV 2020, Section 3).

    With tokens T of the sample [M, C] in place of positions in a feature map::

        S = T Θᵀ                            activations of the labels [M, L]
        V = sigmoid(S)ᵀ T / M               semantic attention: a representation of each label [L, C]
        H = LeakyReLU(Aₛ V Wₛ)              static layer: Aₛ [L, L] is learned, the same for all samples
        g = mean over labels of H, times Wg   global representation
        A = sigmoid(W_A [H; g]) / L         dynamic graph [L, L]: A[i, j] from label j and g
        Z = LeakyReLU(A H W_d)              dynamic layer
        score = (v · z + mean of S) / 2 + b   v, b: of the label; mean over tokens

    Where the paper has sums over tokens and labels, these are means, so that the scale of scores does not depend on
    their number. With ``channels`` the tokens are the positions of the feature map, and the last line has the maximum
    over positions, as in the paper. Graphs take B L² numbers: use it for hundreds of labels, not thousands.

    Args:
        tasks: Tasks to predict.
        in_features: Size of the features, D.
        tokens: Number of tokens that are computed from the features, M, at least 2; see :class:`Tokens`.
        width: Size of tokens and representations, C.
        channels: Channels of the feature map whose positions are the tokens; see
            :class:`~gcnlabel.nn.heads.tokens.Positions`. None for tokens of pooled features.

    Raises:
        InputError: ``tokens`` is less than 2, or ``channels`` does not divide the number of features.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> head = SampleGraphHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> head(torch.zeros(3, 4))["tags"].shape
        torch.Size([3, 2])
    """

    bias: nn.Parameter

    def __init__(
        self, tasks: TaskSet, in_features: int, tokens: int = 16, width: int = 16, channels: int | None = None
    ) -> None:
        super().__init__(tasks, in_features, bias=True)
        size = tasks.num_labels
        self.tokens = token_map(in_features, tokens, width, channels)
        self.activation = nn.Linear(width, size, bias=False)  # Θ
        self.static_graph = nn.Linear(size, size, bias=False)  # Aₛ
        self.static = nn.Linear(width, width, bias=False)
        self.whole = nn.Linear(width, width)
        self.graph_of_label = nn.Linear(width, size)  # the half of W_A that H is multiplied with
        self.graph_of_whole = nn.Linear(width, size, bias=False)  # the other half
        self.dynamic = nn.Linear(width, width, bias=False)
        self.vectors = nn.Parameter(torch.empty(size, width).uniform_(-(width**-0.5), width**-0.5))

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        tokens = self.tokens(features)  # [B, M, C]
        activations = self.activation(tokens)  # [B, M, L]
        labels = activations.sigmoid().transpose(1, 2) @ tokens / tokens.shape[1]  # [B, L, C]
        labels = torch.einsum("ij,bjc->bic", self.static_graph.weight, labels)
        labels = F.leaky_relu(self.static(labels), SLOPE)
        labels = F.leaky_relu(self.dynamic(self.graphs(labels) @ labels), SLOPE)
        return ((labels * self.vectors).sum(2) + self.tokens.gathered(activations)) / 2 + self.bias

    def graphs(self, labels: Tensor) -> Tensor:
        """Return the graph of each sample, [B, L, L]; from representations [B, L, C]; row i is the receiving label."""
        of_whole = self.graph_of_whole(self.whole(labels.mean(1)))  # [B, L]
        return (self.graph_of_label(labels).transpose(1, 2) + of_whole[:, :, None]).sigmoid() / labels.shape[1]

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples; the scores of all labels are computed."""
        return self.scores(features)[:, labels]


@HEADS.register("sample-graph")
def sample_graph(
    context: HeadContext, *, tokens: TokenCount = 16, width: PositiveInt = 16, channels: PositiveInt | None = None
) -> SampleGraphHead:
    """Return a head that computes a label graph for each sample.

    Args:
        context: Tasks and features.
        tokens: Number of tokens that are computed from the features.
        width: Size of tokens and representations.
        channels: Channels of the feature map whose positions are the tokens, with ``pool: none`` of the backbone; null
            for tokens of pooled features.
    """
    return SampleGraphHead(context.own_tasks, context.in_features, tokens, width, channels)
