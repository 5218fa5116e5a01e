"""Make an interactive page to explore threshold, convention and pairs of tasks."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.commands.build_graph import build_graph
from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel explore labels.csv --tasks tasks.yaml --output explore.html
  gcnlabel explore graph.safetensors --serve
  gcnlabel explore emotions-train.arff --xml emotions.xml
  gcnlabel explore affectnet_spearman.csv --kind matrix --tasks tasks.yaml --convention emotion-gcn-paper
  gcnlabel explore coco2014_cooccurrence.csv --kind counts --convention ml-gcn-paper
"""
OWN = ("tasks", "annotations", "from_matrix", "from_counts", "from_edges", "embeddings", "missing_words")
"""Options of ``build-graph`` that this command replaces by its argument and ``--kind``."""


@click.command(epilog=EXAMPLES)
@click.argument("sources", metavar="ANNOTATIONS|GRAPH", nargs=-1, required=True, type=click.Path())
@click.option("--tasks", type=click.Path(), help="YAML file that declares the tasks, as build-graph takes it.")
@click.option(
    "--kind",
    type=click.Choice(["annotations", "graph", "matrix", "counts", "edges"]),
    help="Content of the file.  [default: graph for .safetensors, else annotations]",
)
@click.option("--serve", is_flag=True, help="Serve the page on this machine until Ctrl-C, and write no file.")
@click.option("--output", default="explore.html", show_default=True, type=click.Path(), help="The .html file to write.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@json_option
def explore(
    sources: tuple[str, ...], tasks: str | None, kind: str | None, serve: bool, output: str, overwrite: bool, **_: Any
) -> Any:
    """Make an interactive page that shows the label graph for a chosen convention, threshold and pairs of tasks.

    The page is one self-contained file. It shows the command and the config that build the current graph.
    """
    from gcnlabel.cli.explored import content_of
    from gcnlabel.cli.idle_options import refuse_idle
    from gcnlabel.files import atomic_write, refuse_existing, refuse_suffix
    from gcnlabel.report.explore.page import explore_page

    if serve:
        refuse_idle(("output", "overwrite"), "with --serve")
    else:
        refuse_existing(refuse_suffix(output, ".html", "a page"), overwrite)
    kind = kind or ("graph" if sources[0].lower().endswith(".safetensors") else "annotations")
    html = explore_page(content_of(click.get_current_context(), sources, tasks, kind))
    if serve:
        from gcnlabel.report.explore.serving import serve as serve_page

        serve_page(html, lambda address: click.echo(f"{address}  (Ctrl-C stops it)"))
        return {"written": []}
    with atomic_write(output, overwrite=overwrite) as temporary:
        temporary.write_text(html, encoding="utf-8")
    click.echo(f"{output}: {len(html.encode()) / 1e6:.1f} MB; open it in a browser")
    return {"written": [output]}


explore.params[-3:-3] = [
    option for option in build_graph.params if option.name not in (*OWN, *(own.name for own in explore.params))
]
