"""A data source, a statistic, a backbone, a head and a loss of one's own.

A data source is a class whose fields are its settings, a statistic one that adds up chunks of annotations. The others
are functions, or classes: what they are made from comes first, and their keyword-only arguments are their options.
"""

import numpy as np
import torch
from torch import nn

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.losses import TaskLoss
from gcnlabel.nn import Backbone, Head
from gcnlabel.nn.backbone import channels_in
from gcnlabel.sources import Divided, SampleSet
from gcnlabel.statistics import Statistic
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

TASKS = TaskSet([Categorical("shade", ["dark", "bright"]), Dimensional("light", ["level"], range=(0, 1))])


class Shades(Divided):
    """Noisy squares of a shade of grey, which are bright or dark."""

    count: int = 400
    side: int = 16

    def read(self, tasks):
        """Return all samples, each with its split."""
        rng = np.random.default_rng(0)
        level = rng.random(self.count)
        noise = rng.normal(0, 0.1, (self.count, 1, self.side, self.side))
        images = (255 * (level[:, None, None, None] + noise).clip(0, 1)).astype(np.uint8)
        targets = {"shade": (level > 0.5).astype(int), "light": level[:, None]}
        splits = np.resize(["train", "train", "val", "test"], self.count)
        return SampleSet(Annotations(TASKS, targets, split=splits), images), RowReport()

    @property
    def image_shape(self):
        """The shape of an image."""
        return 1, self.side, self.side


class Contrast(Statistic):
    """Mean of each dimension in each class minus its mean over all classes, [values, classes]."""

    def __init__(self, tasks, a, b):
        super().__init__(tasks, a, b)
        self.count, self.total = np.zeros(len(self.b)), np.zeros((len(self.a), len(self.b)))

    @classmethod
    def suits(cls, task):
        """Return True: for the values of a dimension beside classes."""
        return True

    def update(self, annotations):
        """Add samples."""
        classes, values = (annotations.indicators(task.name) for task in (self.b, self.a))
        seen = ~(np.isnan(classes).any(axis=1) | np.isnan(values).any(axis=1))
        self.count += classes[seen].sum(axis=0)
        self.total += values[seen].T @ classes[seen]
        return self

    def merge(self, other):
        """Add the samples that another has seen."""
        self.count, self.total = self.count + other.count, self.total + other.total
        return self

    def compute(self):
        """Return the block; 0 for a class without samples."""
        mean = self.total.sum(axis=1, keepdims=True) / max(self.count.sum(), 1)
        return np.where(self.count > 0, self.total / np.maximum(self.count, 1) - mean, 0)


class LowRankHead(Head):
    """Label vectors ``W = (I + C) U V`` [L, D]: of low rank, and near those of labels with a high statistic C."""

    def __init__(self, graph, tasks, in_features, rank):
        super().__init__(tasks, in_features, bias=True)
        self.register_buffer("mixing", torch.eye(tasks.num_labels) + torch.as_tensor(graph.statistic).float())
        self.of_labels = nn.Parameter(torch.randn(tasks.num_labels, rank) / rank**0.5)
        self.shared = nn.Parameter(torch.randn(rank, in_features) / in_features**0.5)

    def weight(self):
        """Return the label vectors."""
        return self.mixing @ self.of_labels @ self.shared


def low_rank(context, *, rank: int = 2) -> Head:
    """Return a head of low rank."""
    return LowRankHead(context.label_graph, context.tasks, context.in_features, rank)


low_rank.graph = True  # it needs the label graph


class HuberLoss(TaskLoss):
    """Huber's loss of the values that are annotated."""

    def __init__(self, delta):
        super().__init__()
        self.delta = delta

    def forward(self, scores, targets):
        """Return the mean over what is observed, 0 where nothing is."""
        seen = ~torch.isnan(targets)
        loss = nn.functional.huber_loss(scores, torch.where(seen, targets, scores), delta=self.delta, reduction="sum")
        return loss / seen.sum().clamp(min=1)


def huber(task, *, delta: float = 1.0) -> TaskLoss:
    """Return Huber's loss."""
    return HuberLoss(delta)


def patches(shape, *, side: int = 8) -> Backbone:
    """Return the mean colours of side x side patches of an image as its features."""
    network = nn.Sequential(nn.AdaptiveAvgPool2d(side), nn.Flatten())
    return Backbone(network, channels_in(shape, "patches") * side**2)
