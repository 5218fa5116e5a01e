"""Make the tables and figures of the Emotion-GCN paper."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.completing import settings
from gcnlabel.cli.figure_options import figure_options
from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from rich.console import Console

    from gcnlabel.papers.emotion_gcn import Planned, Source

RESUME_HINT = "run the same command again to continue"
EXAMPLES = """\b
Examples:
  gcnlabel reproduce all --data synthetic-faces --quick --output reproduced
  gcnlabel reproduce table1 --data affectnet:/data/affectnet-227 --output reproduced
  gcnlabel reproduce table3 --data aff-wild2:/data/aff-wild2 --seeds 3 --output reproduced
  gcnlabel reproduce table2 --data affectnet:/data/affectnet-227 --only 3/8 --output reproduced   # one of 8 machines
"""


@click.command(epilog=EXAMPLES)
@click.argument("what")
@click.option("--data", required=True, help="affectnet:PATH, aff-wild2:PATH or synthetic-faces.")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of runs, tables and figures.")
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(min=1), help="Runs per setting.")
@click.option("--only", metavar="K/N", help="Train only the K-th of N shares of the runs, e.g. 3/8 on one machine.")
@click.option("--quick", is_flag=True, help="Few synthetic faces and epochs: takes minutes and gives weak models.")
@click.option("--emotic", metavar="PATH", help="Folder of EMOTIC: also compare Emotion-GCN with its class edges.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=settings,
    help="Change a key of every config.",
)
@figure_options
@json_option
def reproduce(
    what: str, data: str, output: Path, seeds: int, only: str | None, formats: tuple[str, ...], **how: Any
) -> Any:
    """Make WHAT of the Emotion-GCN paper: table1 to table5, fig1, fig3 to fig6, figS1, figS2, or all.

    Trains the needed runs, several seeds each. Finished runs are skipped and interrupted ones resumed; tables and
    figures are always rewritten. After --only on several machines, merge their folders runs/ and run the command
    without --only.
    """
    from gcnlabel.cli.terminal import terminal
    from gcnlabel.papers.emotion_gcn import (
        check_same_settings,
        finished,
        parse_source,
        run_folder,
        runs_of,
        share_of,
        targets_of,
    )

    source = parse_source(data, **how)
    targets = targets_of(what, source)
    if what == "all" and how["emotic"] is None and "fig3" in targets:
        click.echo("figS1 and figS2 are skipped: they need class edges from EMOTIC (--emotic PATH)")
    runs = list(dict.fromkeys(run for target in targets for run in runs_of(target, source, seeds)))
    check_same_settings(runs, source, output)
    console = terminal()
    _train(share_of(runs, only), source, output, console)
    left = [run for run in runs if not finished(run_folder(output, source, run))]
    if left:
        console.print(f"{len(left)} of {len(runs)} runs are not finished: they belong to other shares", highlight=False)
        return {"left": [run.name for run in left], "written": []}
    return {"left": [], "written": _write(targets, source, output, seeds, formats, console)}


def _train(runs: list[Planned], source: Source, output: Path, console: Console) -> None:
    from gcnlabel.papers.emotion_gcn import finished, run_folder, train_all
    from gcnlabel.progress import bars

    todo = [run for run in runs if not finished(run_folder(output, source, run))]
    if len(todo) < len(runs):
        console.print(f"{len(runs) - len(todo)} of {len(runs)} runs are already finished", highlight=False)
    with bars(console) as progress:
        bar = progress.add_task("training", total=len(todo), visible=bool(todo))

        def done(run: Planned) -> None:
            if run in todo:
                progress.update(bar, advance=1, description=run.name)

        train_all(runs, source, output, done=done)


def _write(
    targets: tuple[str, ...], source: Source, output: Path, seeds: int, formats: tuple[str, ...], console: Console
) -> list[Path]:
    """Write tables and figures, and return the files."""
    from gcnlabel.papers.emotion_gcn import draw, make_table, write_table
    from gcnlabel.run.drawing import FigureFolder

    figures = FigureFolder(output / "figures" / source.name, formats, overwrite=True)
    written: list[Path] = []
    for target in targets:
        if target.startswith("fig"):
            with figures.unless_damaged(target) if len(targets) > 1 else nullcontext():
                draw(target, source, output, figures)
            continue
        for name, table in make_table(target, source, output, seeds).items():
            files = write_table(table, output / "tables" / source.name / name, overwrite=True)
            written.append(files[0])
            console.print(f"{files[0]}", highlight=False, soft_wrap=True)
    figures.write()
    for file in figures.written:
        console.print(f"{file}", highlight=False, soft_wrap=True)
    return written + figures.written
