"""The multi-task model: a backbone and a head."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.backbone import Backbone
from gcnlabel.nn.heads import EnsembleHead, Head, LinearHead, fold_units
from gcnlabel.precision import full_precision
from gcnlabel.units import Units


class MultiTaskModel(nn.Module):
    """A backbone and a head: inputs to scores of every task, those of dimensions in the user's units.

    Args:
        backbone: Maps inputs to features [B, D].
        head: Maps features to scores.
        units: Units of the head's scores of dimensions, e.g. ``Units.fit(training_annotations)``; mean 0 and
            deviation 1 when None. The model has a copy.

    Raises:
        InputError: The head takes another number of features than the backbone returns, or that number is unknown.

    Example:
        >>> import torch
        >>> from gcnlabel.nn import LinearHead, mlp
        >>> from gcnlabel.tasks import Dimensional, TaskSet
        >>> model = MultiTaskModel(mlp(4, hidden=(8,)), LinearHead(TaskSet([Dimensional("affect", ["valence"])]), 8))
        >>> model(torch.zeros(2, 4))["affect"].shape
        torch.Size([2, 1])
    """

    def __init__(self, backbone: Backbone, head: Head, units: Units | None = None) -> None:
        super().__init__()
        given = getattr(backbone, "out_features", None)
        if given is None:
            raise InputError(
                f"{type(backbone).__name__} has no attribute out_features",
                fix="wrap it: Backbone(network, out_features=D)",
            )
        if given != head.in_features:
            raise InputError(
                f"the head takes {head.in_features} features", expected=f"{given}, as the backbone returns"
            )
        self.backbone = backbone
        self.head = head
        self.units = Units(head.tasks) if units is None else copy.deepcopy(units)

    def forward(self, inputs: Tensor, *, each: bool = False) -> Any:
        """Return the scores of each task, [B, labels of the task], those of dimensions in the user's units.

        Args:
            inputs: [B, ...].
            each: Whether to return a list: the scores of each base model of an ensemble, each of which has its own
                loss; of other heads, one entry.
        """
        features = self._features(inputs)
        heads = self.head.members.values() if each and isinstance(self.head, EnsembleHead) else [self.head]
        found = [self.units(self._scores(head, features)) for head in heads]
        return found if each else found[0]

    def standard_scores(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task from the head, those of dimensions in standard units and not bounded.

        Autocast applies to the backbone only: the precision of bfloat16 is too low for ranking.
        """
        return self._scores(self.head, self._features(inputs))

    def standard_scores_of_each(self, inputs: Tensor) -> dict[str, dict[str, Tensor]]:
        """Return the standard scores of each base model of an ensemble, by name."""
        assert isinstance(self.head, EnsembleHead)
        features = self._features(inputs)
        return {name: self._scores(head, features) for name, head in self.head.members.items()}

    def _features(self, inputs: Tensor) -> Tensor:
        features: Tensor = self.backbone(inputs)
        return features.float() if features.dtype in (torch.bfloat16, torch.float16) else features

    def _scores(self, head: Head, features: Tensor) -> dict[str, Tensor]:
        with full_precision(features.device):
            scores: dict[str, Tensor] = head(features)
        return scores

    def extend(self, graph: LabelGraph) -> MultiTaskModel:
        """Return a model that also scores new labels (zero-shot), from only their embeddings and edges.

        Labels are matched by name; backbone, generator, biases, residuals, scales and units are copies of the trained
        ones. A new label has no residual, and the mean bias of its task (0 in a new task); a new dimension is
        in standard units, as its mean and deviation are unknown. Every module keeps its mode, training or evaluation.

        Args:
            graph: Propagation graph with embeddings of the trained labels and the new ones, in any order, with new
                labels in known or new tasks. Its edges may come from statistics of other annotations
                (:func:`gcnlabel.graph.joined_graph`), from embeddings (:func:`gcnlabel.graph.similarity_graph`) or
                from another source, through the transforms that made the trained graph. If it changes the in-neighbours
                of trained labels, their scores change; :func:`gcnlabel.graph.attached_graph` keeps both.

        Raises:
            InputError: The graph lacks a trained label or embeds it differently than in training, or the head does not
                generate label vectors.

        Example:
            >>> import torch
            >>> from gcnlabel.graph import LabelGraph
            >>> from gcnlabel.nn import LabelGraphHead, mlp
            >>> from gcnlabel.tasks import MultiLabel, TaskSet
            >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
            >>> graph = LabelGraph.from_dense([[0, 1.0], [1.0, 0]], tasks, x=torch.ones(2, 3))
            >>> model = MultiTaskModel(mlp(4, hidden=(8,)), LabelGraphHead(graph, tasks, 8))
            >>> more = TaskSet([MultiLabel("tags", ["cat", "dog", "cow"])])
            >>> graph = LabelGraph.from_dense([[0, 1, 0], [1, 0, 0], [0.5, 0.5, 0]], more, x=torch.ones(3, 3))
            >>> model.extend(graph)(torch.zeros(2, 4))["tags"].shape
            torch.Size([2, 3])
        """
        head, units = self.head.extended(graph), self.units.of_tasks(graph.tasks)
        extended = MultiTaskModel(copy.deepcopy(self.backbone), head, units)
        extended.training = self.training  # not train(): submodules keep their own modes
        return extended

    def fuse(self) -> MultiTaskModel:
        """Return a copy for inference: the head folded into plain vectors, without gradients, in evaluation mode.

        The units of dimensions are folded into the vectors and biases of a linear head.
        """
        head, units = self.head.fused(), self.units
        if isinstance(head, LinearHead):
            head, units = fold_units(head, units)
        return MultiTaskModel(copy.deepcopy(self.backbone), head, units).eval().requires_grad_(False)
