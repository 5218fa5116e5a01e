"""Generated label vectors plus free residuals."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor, nn

from gcnlabel.constants import register_constants
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.extension import extended_rows
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption
from gcnlabel.settings import Names


class ResidualHead(Head):
    """``W = W' + R``: the vectors W' of another head, and a free residual of each label, initially 0.

    Labels share the generator of W'; with enough samples, residuals let a label's vector deviate from it.

    Args:
        head: The head whose vectors and biases are used, e.g. a :class:`LabelGraphHead`.
        tasks: Names of the tasks whose labels have residuals; None for all. Tasks with few samples may be better
            without.

    Raises:
        InputError: A task is unknown.

    Example:
        >>> from gcnlabel.nn import LinearHead
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> inner = LinearHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> torch.equal(ResidualHead(inner).weight(), inner.weight())
        True
    """

    free: Tensor
    place: Tensor

    def __init__(self, head: Head, tasks: Collection[str] | None = None) -> None:
        super().__init__(head.tasks, head.in_features, bias=False)
        self.head = head
        size = head.tasks.num_labels
        slices = [head.tasks.slice_of(name) for name in (head.tasks.names if tasks is None else tasks)]
        free = torch.tensor([label for part in slices for label in range(size)[part]], dtype=torch.int64)
        self.residual = nn.Parameter(torch.zeros(len(free), head.in_features))
        self.bias = head.bias
        place = torch.full((size,), len(free)).scatter(0, free, torch.arange(len(free)))
        register_constants(self, free=free, place=place)  # labels that have a residual [K]

    def extended(self, graph: LabelGraph) -> ResidualHead:
        """Return a head over a larger graph; the residuals of new labels are 0."""
        without = {task.name for task in self.tasks} - {
            self.tasks.task_of(self.tasks.labels[i]).name for i in self.free
        }
        names = [task.name for task in graph.tasks if task.name not in without]
        head = ResidualHead(self.head.extended(graph), names).to(self.residual.device, self.residual.dtype)
        head.residual.data.copy_(extended_rows(self.residuals().detach(), self.tasks, graph)[head.free])
        head.training = self.training
        return head

    def biases(self) -> Tensor | None:
        """Return the biases of the other head [L], or None."""
        return self.head.biases()

    @property
    def generated(self) -> bool:
        """Whether the vectors of the other head are generated."""
        return self.head.generated

    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""
        return self.head.weight() + self.residuals()

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return the vectors of some labels, [K, D]."""
        place, rows = self.place[labels], len(self.residual)
        if not rows:
            return self.head.weight_of(labels)
        found = self.residual[place.clamp(max=rows - 1)]
        return self.head.weight_of(labels) + torch.where(place[:, None] < rows, found, 0)

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]: those of the other head, and ``X Rᵀ``."""
        return self.head.scores(features) + features @ self.residuals().T

    def residuals(self) -> Tensor:
        """Return R [L, D]: 0 for labels without a residual."""
        return self.residual if len(self.free) == len(self.place) else self._padded()[self.place]

    def _padded(self) -> Tensor:
        return torch.cat([self.residual, self.residual.new_zeros(1, self.in_features)])


@HEADS.register("residual")
def residual(context: HeadContext, *, of: HeadOption = "graph", tasks: Names | None = None) -> Head:
    """Return a head with the vectors of another head plus free residuals.

    Args:
        context: Tasks, features and graph.
        of: The head whose vectors are used.
        tasks: Tasks whose labels have residuals; null for all.
    """
    head, names = context.make(of), context.served if tasks is None else context.served_of(tasks)
    return ResidualHead(head, names) if names else head
