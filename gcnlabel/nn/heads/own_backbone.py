"""A head with its own network before it, so that base models of an ensemble share only their inputs."""

from __future__ import annotations

import copy
from typing import Annotated

from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.backbone import BACKBONES, Backbone, BackbonePart
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption

BackboneOption = Annotated[BackbonePart, BACKBONES]


class OwnBackboneHead(Head):
    """``s = head(network(x))``, for features x [B, D] of the input.

    Args:
        network: Maps features [B, D] to those of the head.
        head: The head after the network.
        in_features: Number of input features, D.

    Raises:
        InputError: The head takes another number of features than the network returns.
    """

    def __init__(self, network: Backbone, head: Head, in_features: int) -> None:
        super().__init__(head.tasks, in_features, bias=False)
        if network.out_features != head.in_features:
            raise InputError(f"a head of {head.in_features} features", expected=f"{network.out_features}")
        self.network, self.head = network, head
        self.has_vectors = head.has_vectors

    @property
    def generated(self) -> bool:
        """Whether the label vectors are generated."""
        return self.head.generated

    def weight(self) -> Tensor:
        """Return the label vectors [L, features of the network]."""
        return self.head.weight()

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        return self.head.scores(self.network(features))

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples."""
        return self.head.scores_of_all(self.network(features), labels)

    def extended(self, graph: LabelGraph) -> OwnBackboneHead:
        """Return the head over a larger graph, after a copy of the network."""
        return self._with(self.head.extended(graph))

    def to_linear(self) -> LinearHead:
        """Not available: the scores are not linear in the features.

        Raises:
            InputError: Always.
        """
        raise InputError("scores after a network are not linear in the features", fix="use head.fused()")

    def fused(self) -> OwnBackboneHead:
        """Return the fused head after a copy of the network."""
        return self._with(self.head.fused())

    def _with(self, head: Head) -> OwnBackboneHead:
        found = OwnBackboneHead(copy.deepcopy(self.network), head, self.in_features)
        found.training = self.training
        return found


@HEADS.register("own-backbone")
def own_backbone(context: HeadContext, *, backbone: BackboneOption, of: HeadOption = "linear") -> OwnBackboneHead:
    """Return a head with its own network before it, e.g. for separate base models of an ensemble.

    Args:
        context: Tasks, features and graph.
        backbone: The network, which takes features.
        of: The head after the network.
    """
    network = BACKBONES.make(backbone, (context.in_features,))
    return OwnBackboneHead(network, context.behind(network.out_features).make(of), context.in_features)
