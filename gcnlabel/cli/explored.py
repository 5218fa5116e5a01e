"""Content of the page of ``gcnlabel explore``, from its options."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gcnlabel.progress import without_notes

if TYPE_CHECKING:
    from click import Context

    from gcnlabel.graph import GraphRecipe, LabelGraph
    from gcnlabel.report.explore.content import Content, Made
    from gcnlabel.tasks import TaskSet

CHOSEN = ("convention", "pairs", "tau", "weights")
"""Options of ``build-graph`` that the page lets the user choose."""


def options_of(sources: tuple[str, ...], kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``build-graph`` for the same raw graph.

    Raises:
        InputError: There are several files of a kind other than annotations.
    """
    from gcnlabel.errors import InputError

    if kind != "annotations" and len(sources) > 1:
        raise InputError(f"{len(sources)} files", expected=f"one file of kind {kind}")
    none = dict.fromkeys(("from_matrix", "from_counts", "from_edges", "embeddings"))
    place = "matrix" if kind == "graph" else kind
    source: dict[str, Any] = {"annotations": sources} if kind == "annotations" else {f"from_{place}": sources[0]}
    return {"annotations": (), "missing_words": "error", **none, **given, **source}


def content_of(context: Context, sources: tuple[str, ...], tasks: str | None, kind: str) -> Content:
    """Return the content of the page for the running command.

    Raises:
        InputError: As for ``build-graph``.
    """
    from gcnlabel.cli.graph_sources import recipe_of
    from gcnlabel.cli.idle_options import is_given, refuse_idle_of_graph
    from gcnlabel.graph import LabelGraph
    from gcnlabel.report.explore.choices import chosen_by, chosen_in
    from gcnlabel.report.explore.content import Content
    from gcnlabel.tasks import TaskSet

    options = options_of(sources, kind, context.params)
    refuse_idle_of_graph(options)
    recipe = recipe_of(options)
    raw = _reader(None if tasks is None else TaskSet.from_yaml(tasks), options, measured=kind == "annotations")
    first = raw(recipe)
    shown = chosen_by(recipe, first.tasks)
    if kind == "graph" and not any(map(is_given, CHOSEN)):
        shown = chosen_in(LabelGraph.load(sources[0]))
    return Content(
        title=f"Label graph of {', '.join(Path(source).name for source in sources)}",
        raw=raw,
        recipe=recipe,
        shown=shown,
        made=_made(context, sources, tasks, kind, recipe, first.tasks),
        counted=_counted(raw, first.tasks) if kind == "annotations" else first,
    )


def _reader(tasks: TaskSet | None, options: dict[str, Any], *, measured: bool) -> Callable[[GraphRecipe], LabelGraph]:
    """Return a function from a recipe to its raw graph, which is measured or read once per statistic."""
    from gcnlabel.cli.graph_sources import raw_graph

    found: dict[str, LabelGraph] = {}

    def raw(recipe: GraphRecipe) -> LabelGraph:
        known = next(iter(found.values())).tasks if found else None
        if known is None:
            first = raw_graph(tasks, recipe, options)
            return found.setdefault(recipe.measured_as(first.tasks) if measured else "", first)
        key = recipe.measured_as(known) if measured else ""
        if key not in found:
            with without_notes():  # the notes on rows were already printed
                found[key] = raw_graph(tasks, recipe, options)
        return found[key]

    return raw


def _counted(raw: Callable[[GraphRecipe], LabelGraph], tasks: TaskSet) -> LabelGraph | None:
    """Return the graph of conditional probabilities of classes and tags, or None if there are none."""
    from gcnlabel.graph import GraphRecipe
    from gcnlabel.transforms.conventions import all_pairs

    pairs = [(a, b) for a, b in all_pairs(tasks) if tasks[a].discrete and tasks[b].discrete]
    return raw(GraphRecipe(statistic=dict.fromkeys(pairs, "conditional"))) if pairs else None


def _made(
    context: Context, sources: tuple[str, ...], tasks: str | None, kind: str, recipe: GraphRecipe, known: TaskSet
) -> Made:
    from gcnlabel.report.explore.content import Made

    flag = "--annotations" if kind == "annotations" else "--from-matrix" if kind == "graph" else f"--from-{kind}"
    words = [*([] if tasks is None else [tasks]), *(word for source in sources for word in (flag, source))]
    statistic = {} if recipe.statistic is None else {"statistic": _named(recipe.blocks(known))}
    borrowed = {"borrowed": _named(recipe.borrowed)} if recipe.borrowed else {}
    return Made(
        command=shlex.join([*words, *_words(context)]),
        tasks=None if tasks is None else shlex.quote(tasks),
        config={**statistic, **borrowed} if kind == "annotations" else None,
    )


def _named(blocks: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    return {":".join(pair): part for pair, part in blocks.items()}


def _words(context: Context) -> Iterator[str]:
    """Yield the given options that ``build-graph`` also has, as words of a command line."""
    from gcnlabel.cli.commands.build_graph import build_graph
    from gcnlabel.cli.idle_options import is_given

    for parameter in build_graph.params:
        name = parameter.name or ""
        if (
            name in CHOSEN
            or name in ("output", "overwrite", "tasks")
            or name not in context.params
            or not is_given(name)
        ):
            continue
        value = context.params[name]
        if getattr(parameter, "is_flag", False) or getattr(parameter, "flag_value", None) is False:
            yield parameter.opts[0]
            continue
        for each in value if parameter.multiple else [value]:
            yield from (parameter.opts[0], str(each))
