"""What a training config may say of the head."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gcnlabel.settings import Section, Sizes

HeadName = Literal["graph", "linear", "residual", "cosine", "graph-cosine"]
GENERATED = ("graph", "residual", "graph-cosine")
"""Heads whose label vectors are generated from the label graph."""
FOR_ALL_TASKS = ("default", "output-propagation", "label-query", "sample-graph")
"""Heads that stand for all tasks together."""


class HeadConfig(Section):
    """The head; ``hidden_channels``, ``init``, ``conv`` and ``edges`` belong to those that have a graph.

    ``default``: one of the others, chosen by the tasks and how often they are observed (see
    :mod:`gcnlabel.run.default_head`); ``graph``: generated vectors; ``linear``: free ones; ``residual``: generated
    vectors with free ones beside them; ``cosine`` and ``graph-cosine``: free or generated vectors, scored by their
    angle to the features; ``output-propagation``: scores of free vectors, propagated over the graph; ``label-query``:
    labels attend to the features; ``sample-graph``: a label graph of each sample.

    Attributes:
        tasks: Task -> name of its head, for tasks that have another than ``name``; see
            :class:`gcnlabel.nn.TaskHeads`.
        conv: Layers of the generator; see :mod:`gcnlabel.nn.convolutions`, also for signed graphs.
        edges: Whether edge weights stay as the statistics say or are learned from there; see
            :class:`gcnlabel.nn.LearnedAdjacency`.
        residual_tasks: Tasks whose labels have free vectors beside generated ones: all of them for ``residual``, none
            for ``graph`` and ``graph-cosine``, unless they are named.
        keep_length: Tasks whose scores by angle keep the length of the features.
    """

    name: HeadName | Literal["default", "output-propagation", "label-query", "sample-graph"] = "default"
    tasks: dict[str, HeadName] = Field(default={})
    hidden_channels: Sizes = Field(default=[512])
    bias: bool | None = None
    init: Literal["pyg", "published"] = "pyg"
    conv: Literal["gcn", "graph", "sage", "gat", "gatv2", "tag", "appnp", "gcnii"] = "gcn"
    edges: Literal["fixed", "learned"] = "fixed"
    residual_tasks: list[str] | None = None
    keep_length: list[str] = Field(default=[])

    @model_validator(mode="after")
    def _of_all_tasks(self) -> HeadConfig:
        if self.name in FOR_ALL_TASKS and self.tasks:
            raise ValueError(f"tasks have heads of their own beside a named head, and {self.name} is for all of them")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the heads, of all tasks and of single ones."""
        return (self.name, *self.tasks.values())

    @property
    def title(self) -> str:
        """What a report calls it: the head, and those of single tasks."""
        return ", ".join([self.name, *(f"{task}: {name}" for task, name in self.tasks.items())])

    def of(self, task: str) -> str:
        """Return the name of a task's head."""
        return self.tasks.get(task, self.name)

    @property
    def generated(self) -> bool:
        """Whether label vectors are generated."""
        return any(name in GENERATED for name in self.names)

    @property
    def has_graph(self) -> bool:
        """Whether there is a label graph."""
        return self.generated or self.name == "output-propagation"
