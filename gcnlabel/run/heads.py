"""Settings, tasks and graph -> the head, by its name: one head, or one for each task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gcnlabel.config.head import HeadConfig
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import (
    Adjacency,
    CosineHead,
    Head,
    LabelGraphHead,
    LabelQueryHead,
    LearnedAdjacency,
    LinearHead,
    OutputPropagation,
    ResidualHead,
    SampleGraphHead,
    TaskHeads,
    convolution,
    uniform_by_width,
)
from gcnlabel.tasks import TaskSet

ADJACENCIES: dict[str, type[Adjacency]] = {"fixed": Adjacency, "learned": LearnedAdjacency}


@dataclass(frozen=True)
class Choice:
    """What a head is made of.

    Attributes:
        settings: Options of the head.
        tasks: All tasks.
        in_features: Size of the features, D.
        graph: Propagation graph of all tasks; None for heads without one.
        served: Names of the tasks that the head is to score, some or all.
    """

    settings: HeadConfig
    tasks: TaskSet
    in_features: int
    graph: LabelGraph | None
    served: tuple[str, ...]

    def free(self) -> Head:
        """Return free vectors of the labels of these tasks alone."""
        tasks = TaskSet([self.tasks[name] for name in self.served])
        return LinearHead(tasks, self.in_features, bias=self.settings.bias is not False)

    def generated(self, residual_tasks: list[str] | None) -> Head:
        """Return vectors generated from the whole graph, with free ones beside them where tasks are named."""
        settings = self.settings
        head = LabelGraphHead(
            self._graph(),
            self.tasks,
            self.in_features,
            settings.hidden_channels,
            bias=settings.bias is True,
            conv=convolution(settings.conv),
            adjacency=ADJACENCIES[settings.edges],
        )
        if settings.init == "published":
            uniform_by_width(head.gcn)
        names = self._served_of(residual_tasks)
        return ResidualHead(head, names) if names else head

    def propagated(self) -> Head:
        """Return free vectors whose scores are propagated over the graph."""
        return OutputPropagation(self.free(), self._graph())

    def by_angle(self, head: Head) -> Head:
        """Return a head whose vectors are scored by their angle to the features."""
        return CosineHead(head, self._served_of(self.settings.keep_length))

    def residual_tasks(self) -> list[str]:
        """Return the tasks whose labels have free vectors: those that are named, or all."""
        named = self.settings.residual_tasks
        return list(self.served) if named is None else named

    def _graph(self) -> LabelGraph:
        if self.graph is None:
            raise InputError("this head has no label graph", expected="one, measured or from a file")
        return self.graph

    def _served_of(self, names: list[str] | None) -> list[str]:
        return [self.tasks[name].name for name in names or () if self.tasks[name].name in self.served]


HEADS: dict[str, Callable[[Choice], Head]] = {
    "linear": Choice.free,
    "cosine": lambda choice: choice.by_angle(choice.free()),
    "graph": lambda choice: choice.generated(choice.settings.residual_tasks),
    "residual": lambda choice: choice.generated(choice.residual_tasks()),
    "graph-cosine": lambda choice: choice.by_angle(choice.generated(choice.settings.residual_tasks)),
    "output-propagation": Choice.propagated,
    "label-query": lambda choice: LabelQueryHead(choice.tasks, choice.in_features),
    "sample-graph": lambda choice: SampleGraphHead(choice.tasks, choice.in_features),
}
"""Name -> what makes the head. One that generates vectors is also named in :data:`gcnlabel.config.head.GENERATED`."""


def build_head(settings: HeadConfig, tasks: TaskSet, in_features: int, graph: LabelGraph | None) -> Head:
    """Return the head that the settings name; tasks that name the same one share it.

    Raises:
        InputError: A task does not exist, graph and tasks do not match, a head needs a graph and there is none, or the
            head is still ``default``.
    """
    if settings.name == "default":
        raise InputError("head 'default' stands for another", fix="resolve_default(config, part), which says which")
    for name in settings.tasks:
        tasks[name]
    kinds = {name: settings.of(name) for name in tasks.names}
    heads = {}
    for kind in dict.fromkeys(kinds.values()):
        served = tuple(name for name in tasks.names if kinds[name] == kind)
        heads[kind] = HEADS[kind](Choice(settings, tasks, in_features, graph, served))
    return heads[kind] if len(heads) == 1 else TaskHeads(tasks, {name: heads[kinds[name]] for name in tasks.names})
