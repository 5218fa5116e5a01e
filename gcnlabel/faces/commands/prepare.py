"""Align the faces of a data set, and write them to a cache for training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from gcnlabel.faces.source import Faces

RESUME_HINT = "run the same command again to continue"
EXAMPLES = """\b
Examples:
  gcnlabel prepare affectnet AffectNet affectnet-227
  gcnlabel prepare affectnet AffectNet affectnet-112 --size 112 --classes 8
  gcnlabel prepare aff-wild2 Aff-Wild2 aff-wild2-227 --complete-only --workers 8
  gcnlabel prepare emotic EMOTIC emotic-227 --strict
"""
MAX_LISTED = 20


@click.command(epilog=EXAMPLES)
@click.argument("dataset", metavar="DATASET")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--size", default=227, show_default=True, type=click.IntRange(min=1), help="Width and height in pixels.")
@click.option("--channels", default="3", show_default=True, type=click.Choice(["1", "3"]), help="1 grey, 3 colour.")
@click.option(
    "--classes", type=click.Choice(["7", "8"]), help="8 keeps AffectNet's contempt or Aff-Wild2's other.  [default: 7]"
)
@click.option("--complete-only", is_flag=True, help="Keep only faces with all labels, as the paper did.")
@click.option(
    "--alignment",
    type=click.Choice(["centre", "emotion-gcn-code"]),
    help="Point that boxes are rotated about: the centre, or the corner as in the published code (AffectNet).  "
    "[default: centre]",
)
@click.option(
    "--allow-missing",
    default=0.01,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Largest fraction of missing or unreadable images, and of undeclared codes, in a split.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Number of processes.  [default: one per processor]")
@click.option("--strict", is_flag=True, help="Stop at the first unreadable image, instead of listing it.")
@click.option("--overwrite", is_flag=True, help="Replace the cache of another job.")
@json_option
def prepare(
    dataset: str,
    source: Path,
    output: Path,
    channels: str,
    classes: str | None,
    workers: int | None,
    strict: bool,
    overwrite: bool,
    **settings: Any,
) -> Any:
    """Align and crop the faces of a data set once, for fast reading in training.

    DATASET is affectnet, aff-wild2 or emotic, SOURCE its folder as released. OUTPUT is the folder to write, with shards
    of images, a table of annotations and a manifest. Repeat an interrupted command to continue it. Images are rotated
    by their EXIF orientation; boxes and landmarks refer to the rotated image.
    """
    from gcnlabel.faces.cache.prepare import prepare as prepare_faces
    from gcnlabel.progress import progress_bar

    number = None if classes is None else int(classes)
    data = _source(dataset, {"path": str(source), "channels": int(channels), "classes": number, **settings})
    how: dict[str, Any] = {"size": data.size, "channels": data.channels, "alignment": data.crops}
    how |= {"allow_missing": data.allow_missing, "workers": workers, "strict": strict, "overwrite": overwrite}
    with progress_bar("faces") as progress:
        manifest = prepare_faces(data.released(), output, source=dataset, progress=progress, **how)
    _show(output, manifest)
    return manifest


def _source(dataset: str, settings: dict[str, Any]) -> Faces:
    """Return the data source with the given settings."""
    from gcnlabel.errors import InputError
    from gcnlabel.faces.source import Faces
    from gcnlabel.sources import SOURCES

    names = [name for name in SOURCES.names() if issubclass(SOURCES.settings(name), Faces)]
    known = SOURCES.settings(dataset) if ":" in dataset or dataset in names else None
    if known is None or not issubclass(known, Faces):
        raise InputError(
            f"{dataset!r} is not a data set of faces", expected=" | ".join([*names, "package.module:Class"])
        )
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given.keys() - known.model_fields.keys():
        option = f"--{name} {given[name]}"
        having = [name_ for name_ in names if name in SOURCES.settings(name_).model_fields]
        raise InputError(f"{option} with {dataset}", expected=f"{' or '.join(having)}, which has this setting")
    return known.model_validate({"source": dataset, **given})


def _show(output: Path, manifest: Mapping[str, Any]) -> None:
    from rich.table import Table

    from gcnlabel.annotations.row_report import RowReport
    from gcnlabel.cli.terminal import printable, terminal

    click.echo(RowReport.from_plain(manifest["rows"]).line())
    counts = manifest["counts"]
    table = Table("what", "faces", title=str(output), title_justify="left")
    table.columns[1].justify = "right"
    table.add_row("in the cache", str(counts["aligned"]), end_section=True)
    for reason, count in {**counts["by the reader"], **counts["by the alignment"]}.items():
        table.add_row(reason, str(count))
    if counts["unreadable"]:
        table.add_row("unreadable image (left out)", str(counts["unreadable"]))
    terminal().print(table)
    for name, reason in manifest["unreadable"][:MAX_LISTED]:
        click.echo(printable(f"left out: {name}: {reason}"), err=True)
    more = counts["unreadable"] - MAX_LISTED
    if more > 0:
        click.echo(f"and {more} more: see manifest.json", err=True)
