"""Heads as parts of a config: their settings, and the context that they are built from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.heads.head import Head
from gcnlabel.registry import Part, Registry
from gcnlabel.tasks import TaskSet


class HeadPart(Part):
    """Name and options of a head, which may hold other heads.

    A head is registered with ``generated=True`` if its label vectors are generated from the label graph,
    and with ``graph=True`` if it uses the graph otherwise.
    """

    def all(self) -> Iterator[HeadPart]:
        """Yield this head and all heads inside it."""
        yield self
        for value in self.options.values():
            for head in value.values() if isinstance(value, dict) else [value]:
                if isinstance(head, HeadPart):
                    yield from head.all()

    @property
    def generated(self) -> bool:
        """Whether label vectors are generated."""
        return self._any("generated")

    @property
    def has_graph(self) -> bool:
        """Whether there is a label graph."""
        return self.generated or self._any("graph")

    @property
    def title(self) -> str:
        """Its name in reports, e.g. ``cosine of graph``; with heads of single tasks, ``linear, affect: graph``."""
        of, tasks = self.options.get("of"), self.options.get("tasks")
        if isinstance(of, dict):
            return f"{self.name} of {', '.join(of)}"
        if isinstance(of, HeadPart) and isinstance(tasks, dict):
            return ", ".join([of.title, *(f"{task}: {head.title}" for task, head in tasks.items())])
        return f"{self.name} of {of.title}" if isinstance(of, HeadPart) else self.name

    def of_task(self, task: str) -> HeadPart:
        """Return the head of a task: its own if it has one, else this one."""
        heads = self.options.get("tasks")
        return heads.get(task, self.options["of"]).of_task(task) if isinstance(heads, dict) else self

    def _any(self, answer: str) -> bool:
        return any(getattr(HEADS.resolve(head.name), answer, False) for head in self.all())


HEADS = Registry("head", "gcnlabel.nn.heads", form=HeadPart, default="default", makes=Head)
"""Functions ``(context, *, options) -> Head`` of a :class:`HeadContext`, by name."""
HeadOption = Annotated[Any, HEADS]
"""A head as an option of another head."""


@dataclass(frozen=True)
class HeadContext:
    """Arguments to build a head from.

    Attributes:
        tasks: All tasks.
        in_features: Size of the features, D.
        graph: Propagation graph of all tasks; None for heads without one.
        served: Names of the tasks that the head scores, some or all.
    """

    tasks: TaskSet
    in_features: int
    graph: LabelGraph | None
    served: tuple[str, ...]

    @property
    def own_tasks(self) -> TaskSet:
        """The tasks that the head scores."""
        return TaskSet([self.tasks[name] for name in self.served])

    @property
    def label_graph(self) -> LabelGraph:
        """The graph, for heads that need it.

        Raises:
            InputError: There is no graph.
        """
        if self.graph is None:
            raise InputError("this head has no label graph", expected="a label graph, measured or from a file")
        return self.graph

    def served_of(self, names: Collection[str]) -> list[str]:
        """Return the names in ``names`` that the head scores.

        Raises:
            InputError: A task is unknown.
        """
        return [self.tasks[name].name for name in names if self.tasks[name].name in self.served]

    def behind(self, features: int) -> HeadContext:
        """Return the context of a head that takes another number of features."""
        return replace(self, in_features=features)

    def make(self, head: Any, served: Collection[str] | None = None) -> Head:
        """Build a head from its settings, for the same tasks or for ``served``."""
        made: Head = HEADS.make(head, self if served is None else replace(self, served=tuple(served)))
        return made


def build_head(settings: Any, tasks: TaskSet, in_features: int, graph: LabelGraph | None) -> Head:
    """Build a head from its settings: a name, a mapping, or settings that :data:`HEADS` has parsed.

    Raises:
        InputError: A task is unknown, graph and tasks do not match, a head needs a graph and there is none, or the head
            is still ``default``.
    """
    return HeadContext(tasks, in_features, graph, tasks.names).make(settings)
