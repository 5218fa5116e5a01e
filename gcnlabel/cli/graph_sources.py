"""Recipe and raw graph of a label graph, from command line options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gcnlabel.graph import GraphRecipe, LabelGraph
    from gcnlabel.statistics import LabelStatistics
    from gcnlabel.tasks import TaskSet


def recipe_of(options: Mapping[str, Any]) -> GraphRecipe:
    """Return the recipe that the options describe."""
    from gcnlabel.cli.pairs import statistics_of, weights_of
    from gcnlabel.graph import GraphRecipe
    from gcnlabel.graph.measuring import pair_of

    return GraphRecipe(
        convention=options["convention"],
        statistic=statistics_of(options["statistic"]),
        borrowed={pair_of(key): source for key, _, source in (text.partition("=") for text in options["borrow"])},
        tau=options["tau"],
        p=weights_of(options["weights"]),
        pairs=[pair_of(text) for text in options["pairs"]] or None,
        embeddings=options["embeddings"],
        missing_words=options["missing_words"],
    )


def raw_graph(tasks: TaskSet | None, recipe: GraphRecipe, options: Mapping[str, Any]) -> LabelGraph:
    """Measure or read the raw graph that the options describe.

    Raises:
        InputError: The options give no source or several, or the source is invalid.
    """
    from gcnlabel.cli.arff_annotations import arff_annotations, is_arff
    from gcnlabel.cli.table_layout import layout_of
    from gcnlabel.cli.tag_lists import has_tag_list, tag_list_annotations
    from gcnlabel.errors import InputError
    from gcnlabel.graph import read_raw_graph

    tag_list = has_tag_list(options)
    given = [key for key in ("annotations", "from_matrix", "from_counts", "from_edges") if options[key]]
    if len(given) != 1:
        flags = "--annotations, --from-matrix, --from-counts or --from-edges"
        raise InputError(f"{len(given)} sources for the graph", expected=f"exactly one of {flags}")
    arff = is_arff(options)
    if options["statistic"] and not options["annotations"]:
        raise InputError(f"--statistic with --{given[0].replace('_', '-')}", fix="omit it: nothing is measured")
    if not options["annotations"]:
        kind = given[0].removeprefix("from_")
        return recipe.borrow(read_raw_graph(kind, options[given[0]], tasks, layout_of(options)))
    if arff:
        return recipe.measure(arff_annotations(tasks, options))
    if tag_list:
        return recipe.measure(tag_list_annotations(tasks, options))
    if tasks is None:
        raise InputError("no TASKS file given", expected="a YAML file that declares the tasks of the annotations")
    return recipe.raw(_measured(tasks, recipe, options))


def _measured(tasks: TaskSet, recipe: GraphRecipe, options: Mapping[str, Any]) -> LabelStatistics:
    from gcnlabel.cli.table_layout import layout_of
    from gcnlabel.errors import note
    from gcnlabel.progress import progress_bar
    from gcnlabel.statistics import measure_files

    with progress_bar("measure") as progress:
        statistics = measure_files(
            options["annotations"],
            tasks,
            recipe.blocks(tasks),
            split=None if options["split"] == "all" else options["split"],
            layout=layout_of(options),
            progress=progress,
            **{key: options[key] for key in ("split_column", "missing", "workers", "scheduler")},
            **({} if options["timeout"] is None else {"timeout": options["timeout"]}),
        )
    note(statistics.rows.line())
    return statistics
