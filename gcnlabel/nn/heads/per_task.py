"""Registered head that combines separate heads of tasks."""

from __future__ import annotations

from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption
from gcnlabel.nn.heads.task_heads import TaskHeads


@HEADS.register("per-task")
def per_task(context: HeadContext, *, of: HeadOption = "linear", tasks: dict[str, HeadOption]) -> Head:
    """Return a head that scores tasks by separate heads; tasks with equal settings share one head.

    Args:
        context: Tasks, features and graph.
        of: The head of all other tasks.
        tasks: Task -> its head.
    """
    for name in tasks:
        context.tasks[name]
    kinds = [tasks.get(name, of) for name in context.served]
    heads: dict[str, Head] = {}
    for k, kind in enumerate(kinds):
        if kind not in kinds[:k]:
            served = [name for name, other in zip(context.served, kinds, strict=True) if other == kind]
            heads |= dict.fromkeys(served, context.make(kind, served))
    made = list(dict.fromkeys(heads.values()))
    return made[0] if len(made) == 1 else TaskHeads(context.own_tasks, heads)
