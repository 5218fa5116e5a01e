"""Decode and scale the images of a config once, for training that reads them without decoding."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.completing import presets_and_files, settings
from gcnlabel.cli.json_results import json_option

GOING_ON = "repeat the command, which continues"
EXAMPLES = """\b
Examples:
  gcnlabel prepare-images config.yaml photos-224
  gcnlabel train config.yaml --set data.cache=photos-224 --output runs/a
"""
MAX_LISTED = 20


@click.command(epilog=EXAMPLES)
@click.argument("config", shell_complete=presets_and_files)
@click.argument("output", type=click.Path())
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@click.option("--workers", type=click.IntRange(min=1), help="Decoding threads.  [default: one per processor]")
@click.option("--overwrite", is_flag=True, help="Replace the cache of other images.")
@json_option
def prepare_images(config: str, output: str, changes: tuple[str, ...], workers: int | None, overwrite: bool) -> Any:
    """Write the images of CONFIG (a table's, COCO's or VOC's), decoded, scaled and cropped as it says, to OUTPUT.

    OUTPUT becomes a folder with one array of 8-bit pixels. data.cache names it; a training maps it into memory. An
    interrupted call continues when it is repeated. Images that cannot be read are listed, and left out of trainings.
    Data sets of faces have their own cache: gcnlabel prepare.
    """
    from gcnlabel.cli.terminal import printable
    from gcnlabel.config import load_config
    from gcnlabel.progress import progress_bar
    from gcnlabel.run.data import declared_tasks
    from gcnlabel.sources.prepared_images import prepare_images as prepare

    loaded = load_config(config, changes)
    with progress_bar("images") as progress:
        how: dict[str, Any] = {"workers": workers, "overwrite": overwrite, "progress": progress}
        done = prepare(loaded.data, declared_tasks(loaded), output, **how)
    click.echo(f"wrote {output}: {done['images']} images, missing {done['missing']}")
    for name, reason in list(done["unreadable"].items())[:MAX_LISTED]:
        click.echo(printable(f"unreadable: {name}: {reason}"), err=True)
    if (more := len(done["unreadable"]) - MAX_LISTED) > 0:
        click.echo(f"and {more} more: see {output}/progress.json", err=True)
    return done
