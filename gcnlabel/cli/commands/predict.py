"""Predict images, texts, features or molecules with a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.detecting import OF_DETECTION, OF_WHOLE_IMAGES, detect_options, refuse_other_options
from gcnlabel.cli.json_results import json_option
from gcnlabel.cli.run_argument import run_argument
from gcnlabel.cli.test_time import FLIPS

if TYPE_CHECKING:
    from rich.table import Table

    from gcnlabel.prediction import Predictions
    from gcnlabel.run import RunFolder
    from gcnlabel.tasks import Task

EXAMPLES = """\b
Examples:
  gcnlabel predict runs/a face.jpg
  gcnlabel predict runs/a faces/ --output predictions.csv
  gcnlabel predict runs/a faces/ --annotate annotated --output predictions.jsonl
  gcnlabel predict runs/a photos/ --faces boxes.csv      # where in each photograph the face is
  gcnlabel predict runs/a photos/ --detect --annotate annotated --output faces.csv    # looks for faces
  gcnlabel predict runs/a clip.mp4 --detect --fps 10 --annotate annotated --output faces.csv
  gcnlabel predict runs/on_features features.npy --output predictions.csv
  gcnlabel predict runs/on_features photos/              # encoded as the run's features were (gcnlabel features)
  gcnlabel predict runs/on_features texts.csv --column text
  gcnlabel predict runs/on_molecules new.csv --output predictions.csv    # with the column of SMILES, or new.smi
"""
MAX_SHOWN = 20


@click.command(epilog=EXAMPLES)
@run_argument
@click.argument("source", metavar="IMAGE_OR_FOLDER", type=click.Path())
@click.option(
    "--faces", type=click.Path(), help="CSV: image, face_x, face_y, face_width, face_height, facial_landmarks."
)
@click.option(
    "--alignment",
    type=click.Choice(["centre", "emotion-gcn-code"]),
    help="Point that a box of --faces or --detect is rotated about: its centre, or its corner as in the published "
    "code.  [default: the run's]",
)
@detect_options
@click.option("--weights", type=click.Path(), help="Weights of the encoder of the run's features, if they have moved.")
@click.option("--column", help="Column of a table to encode.  [default: that of the run's features]")
@click.option("--output", type=click.Path(), help="Write all probabilities and values to a .csv or .jsonl file.")
@click.option("--annotate", "folder", type=click.Path(), help="Folder for copies (.png) with the predictions.")
@click.option("--flips/--no-flips", default=None, help=FLIPS)
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
@click.option("--batch-size", default=32, show_default=True, type=click.IntRange(min=1), help="Batch size.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, ...; auto: a GPU if available.")
@json_option
def predict(
    run: str,
    source: str,
    output: str | None,
    folder: str | None,
    overwrite: bool,
    trust: bool,
    detect: bool,
    **how: Any,
) -> Any:
    """Predict an image, or all images of a folder and its subfolders, with the best checkpoint of RUN.

    With --detect, faces are detected in photographs or in the frames of a video, aligned by their eyes and predicted:
    one row per face, and a row with empty cells for an image without a face. Otherwise give aligned faces, or their
    positions by --faces (AffectNet's columns: a box, and 68 landmarks to align the eyes), or the whole image is used.

    A run on features takes a .npy, .npz or .safetensors file, a run on ARFF files another .arff, a run on molecules a
    table with its column of SMILES or a .smi file, and a run on stored graphs another file of graphs. A run on features
    from gcnlabel features also takes the inputs of the encoder: images, or a table (.csv) with a column of texts or of
    paths relative to the table's folder; the encoder must have the same weights and preprocessing.

    Images are rotated by their EXIF orientation; boxes and landmarks refer to the rotated image. Unreadable images of a
    folder are skipped and listed at the end.

    Images in the image folder of the run's data are named as in its table (photos/0.jpg), others by their path in the
    given folder.
    """
    from gcnlabel.files import refuse_existing
    from gcnlabel.prediction.predictions import checked_format
    from gcnlabel.run import RunFolder

    refuse_other_options(detect)
    if output is not None:
        checked_format(refuse_existing(output, overwrite))
    found = (_detected if detect else _whole)(RunFolder(run, trust=trust), source, output, folder, overwrite, **how)
    _show(found, output, folder)
    return {"predictions": found.records(), "unreadable": found.unreadable}


def _detected(
    trained: RunFolder, source: str, output: str | None, folder: str | None, overwrite: bool, **how: Any
) -> Predictions:
    """Predict what is found in the images, or in a video."""
    from gcnlabel.cli.detecting import detect

    own = {name: value for name, value in how.items() if name not in OF_WHOLE_IMAGES}
    return detect(trained, source, output, folder, overwrite=overwrite, **own)


def _whole(
    trained: RunFolder, source: str, output: str | None, folder: str | None, overwrite: bool, **how: Any
) -> Predictions:
    """Predict whole images, what stands at their places in them, or features."""
    from gcnlabel import prediction
    from gcnlabel.progress import progress_bar

    places = _places(how.pop("faces"), how.pop("alignment"))
    files = {} if folder is None else prediction.find_images(source, trained.load_config(), places)
    copies = prediction.annotated_files(files, folder or "", overwrite=overwrite)
    own = {name: value for name, value in how.items() if name not in OF_DETECTION}
    with progress_bar("predict") as progress:
        found = prediction.predict(trained, source, places=places, progress=progress, **own)
    if output is not None:
        found.save(output, overwrite=overwrite)
    if folder is not None:
        with progress_bar("annotate") as progress:
            prediction.annotate(found, files, copies, overwrite=overwrite, progress=progress)
    return found


def _places(faces: str | None, alignment: str | None) -> Any:
    from gcnlabel.errors import InputError
    from gcnlabel.prediction.places import PLACES

    if alignment is not None and faces is None:
        raise InputError("--alignment without --faces", expected="--faces, a table with the positions of the faces")
    return {} if faces is None else PLACES.make({"name": "faces", "alignment": alignment}, faces)


def _show(predictions: Predictions, output: str | None, folder: str | None) -> None:
    from gcnlabel.cli.terminal import printable, terminal

    console = terminal()
    shown = len(predictions) if output is None else min(len(predictions), MAX_SHOWN)
    console.print(_table(predictions, shown))
    if shown < len(predictions):
        console.print(f"and {len(predictions) - shown} more", highlight=False)
    for path in filter(None, (output, folder)):
        console.print(path, highlight=False, soft_wrap=True)
    for name, reason in predictions.unreadable.items():
        click.echo(printable(f"skipped: {name}: {reason}"), err=True)
    for remark in predictions.remarks:
        click.echo(printable(remark), err=True)


def _table(predictions: Predictions, rows: int) -> Table:
    """Return a table with one row per input, and one column per task or dimension."""
    from rich.table import Table

    from gcnlabel.cli.terminal import printable

    table = Table(predictions.named)
    cells: list[list[str]] = []
    for task in predictions.tasks:
        for title, texts in _texts(predictions, task).items():
            table.add_column(title)
            cells.append(texts)
    for row, name in enumerate(predictions.names[:rows]):
        table.add_row(printable(name), *(column[row] for column in cells))
    return table


def _texts(predictions: Predictions, task: Task) -> dict[str, list[str]]:
    """Return the columns of a task: heading -> text for each input."""
    from gcnlabel.decimals import decimal

    values = predictions.values[task.name]
    if task.exclusive:
        sure = [f"{name} ({row.max():.0%})" for name, row in zip(predictions.classes(task.name), values, strict=True)]
        return {task.name: sure}
    if task.discrete:
        return {task.name: [", ".join(tags) or "none" for tags in predictions.tags(task.name)]}
    sign = "+" if (values < 0).any() else ""
    return {label: [decimal(value, 2, sign) for value in values[:, i]] for i, label in enumerate(task.labels)}
