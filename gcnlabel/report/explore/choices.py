"""The choices on the page: conventions as lists of steps, with the pairs of tasks that each can use."""

from __future__ import annotations

from typing import Any

from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import CONVENTIONS

COMPUTED = {
    "TaskPairs",
    "Absolute",
    "Threshold",
    "AbsoluteThreshold",
    "Sign",
    "Binarize",
    "TopK",
    "Reweight",
    "ColumnReweight",
    "Normalize",
    "Transpose",
}
"""Transforms that the page can compute: the keys of ``STEPS`` in ``graph.js``."""


def choice_of(recipe: GraphRecipe, raw: LabelGraph, statistic: int) -> dict[str, Any]:
    """Return a convention as data for the page's script.

    Args:
        recipe: Recipe with the convention; its tau, p and pairs are ignored.
        raw: Raw graph with the statistic that the convention needs.
        statistic: Index of that statistic on the page.

    Returns:
        ``name``, ``about``, defaults ``tau``, ``p`` and ``pairs``; ``usable`` pairs of tasks (both as pairs of
        indices); ``steps`` (the values ``"tau"`` and ``"p"`` are placeholders for the chosen ones); and ``refused``,
        the reason why it cannot be used, or None.
    """
    convention, tasks = CONVENTIONS.make(recipe.convention), raw.tasks
    steps = _steps(convention, tasks)
    usable = recipe.usable_pairs(raw)
    unknown = sorted({step["name"] for step in steps} - COMPUTED)
    refused = "the graph lacks the statistic that it needs" if not usable else None
    return {
        "name": str(recipe.convention),
        "about": (CONVENTIONS.resolve(recipe.convention.name).__doc__ or "").partition("\n")[0],
        "tau": convention.tau,
        "p": convention.p,
        "pairs": _places(recipe.default_pairs(tasks), tasks),
        "usable": _places(usable, tasks),
        "statistic": statistic,
        "steps": steps,
        "refused": f"this page cannot compute {', '.join(unknown)}" if unknown else refused,
    }


def chosen_in(graph: LabelGraph) -> dict[str, Any]:
    """Return convention, tau, p and pairs of tasks from the history of a finished graph, as far as it has them."""
    steps: list[dict[str, Any]] = graph.history.get("transforms", [])
    found: dict[str, Any] = {key: step[key] for step in steps for key in ("tau", "p") if key in step}
    keep = next((step["keep"] for step in steps if step.get("keep")), None)
    pairs = {} if keep is None else {"pairs": _places(keep, graph.tasks)}
    return {"convention": graph.history.get("convention"), **found, **pairs}


def chosen_by(recipe: GraphRecipe, tasks: TaskSet) -> dict[str, Any]:
    """Return convention, tau, p and pairs of tasks of a recipe, as far as it sets them."""
    pairs = None if recipe.pairs is None else _places(recipe.pairs, tasks)
    named = {"convention": str(recipe.convention), "tau": recipe.tau, "p": recipe.p, "pairs": pairs}
    return {key: value for key, value in named.items() if value is not None}


def _steps(convention: Any, tasks: TaskSet) -> list[dict[str, Any]]:
    """Return the settings of a convention's transforms, with the key's name instead of a value that tau or p sets."""
    made = [convention.transform(tasks, tau=value, p=value, pairs=[]).transforms[1:] for value in (0.25, 0.75)]
    return [
        {key: key if one[key] != other[key] else value for key, value in one.items()}
        for one, other in ([step.describe() for step in steps] for steps in zip(*made, strict=True))
    ]


def _places(pairs: Any, tasks: TaskSet) -> list[list[int]]:
    """Return pairs of task indices, each sorted and without duplicates."""
    names = list(tasks.names)
    found = {tuple(sorted((names.index(tasks[a].name), names.index(tasks[b].name)))) for a, b in pairs}
    return sorted(map(list, found))
