"""Copies of images with their predictions: the image, and a panel for each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageOps

from gcnlabel.data.images import opened
from gcnlabel.data.upright import upright
from gcnlabel.errors import InputError, shorten
from gcnlabel.figures.saving import METADATA
from gcnlabel.figures.style import MEDIUM, new_figure
from gcnlabel.files import atomic_write, refuse_existing
from gcnlabel.prediction.panels import draw_classes, draw_dimensions, draw_tags, draw_valence_arousal
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.tasks import Task

HEIGHT = 2.4
"""Height of a panel in inches."""
PIXELS = 480
"""Height of the drawn image in pixels."""


def annotated_image(picture: Image.Image, predictions: Predictions, row: int) -> Figure:
    """Return a figure of an image and, to its right, a panel for each task.

    Classes and tags are bars of probabilities in descending order, with the predicted ones in colour; ``valence`` and
    ``arousal`` are a point in their plane; other dimensions are marks on a scale.

    Args:
        picture: The image.
        predictions: Predictions of this and other images.
        row: Index of the image in ``predictions``.
    """
    panels = [_panel(task) for task in predictions.tasks]
    aspect = min(max(picture.width / picture.height, 0.6), 1.8)
    widths = [HEIGHT * aspect, *(HEIGHT for _ in panels)]
    figure = new_figure(sum(widths) + 0.2 * len(widths), HEIGHT + 0.35)
    figure.set_layout_engine("constrained", w_pad=0.06, h_pad=0.06, wspace=0.04)
    all_axes = figure.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    _draw_picture(all_axes[0], picture, predictions.names[row])
    for axes, task, draw in zip(all_axes[1:], predictions.tasks, panels, strict=True):
        draw(axes, task, predictions.values[task.name][row], predictions.threshold(task.name))
    return figure


def annotated_files(files: Mapping[str, Path], folder: str | Path, *, overwrite: bool = False) -> dict[str, Path]:
    """Return name -> path of the annotated copy of each image: the same relative path in ``folder``, as ``.png``.

    Images that differ only in their suffix keep it: ``a.jpg.png``.

    Args:
        files: Name of each image -> its path, from :func:`~gcnlabel.prediction.find_images`.
        folder: Folder of the copies.
        overwrite: Whether to replace existing copies.

    Raises:
        InputError: A copy exists, or would replace one of the images.

    Example:
        >>> names = ["a/1.jpg", "2.jpg", "2.png"]
        >>> [p.as_posix() for p in annotated_files({name: Path("in", name) for name in names}, "out").values()]
        ['out/a/1.png', 'out/2.jpg.png', 'out/2.png.png']
    """
    stems = [str(Path(name).with_suffix("")) for name in files]
    copies = {
        name: Path(folder, f"{stem if stems.count(stem) == 1 else name}.png")
        for name, stem in zip(files, stems, strict=True)
    }
    originals = {path.resolve() for path in files.values()}
    for copy in copies.values():
        if copy.resolve() in originals:
            raise InputError(f"the annotated copy {copy} would replace an image", fix="give another folder")
        refuse_existing(copy, overwrite)
    return copies


def annotate(
    predictions: Predictions,
    files: Mapping[str, Path],
    copies: Mapping[str, Path],
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write an annotated copy of every predicted image.

    Args:
        predictions: Predictions of the images.
        files: Name of each image -> its path.
        copies: Name of each image -> path of its copy.
        overwrite: Whether to replace existing copies.
        progress: Called with the number of written copies and of all.

    Raises:
        InputError: A prediction has no image, or a copy exists or cannot be written.
    """
    strangers = [name for name in predictions.names if name not in files]
    if strangers:
        raise InputError(
            f"there are no images for the predictions of {predictions.named} {shorten(strangers)}",
            expected="predictions of images; features cannot be annotated",
        )
    for row, name in enumerate(predictions.names):
        with opened(files[name]) as picture:
            figure = annotated_image(upright(picture).convert("RGB"), predictions, row)
        with atomic_write(copies[name], overwrite=overwrite) as temporary:
            figure.savefig(temporary, format="png", metadata=METADATA["png"])
        progress(row + 1, len(predictions))


def _panel(task: Task) -> Callable[..., None]:
    """Return the function that draws the panel of a task."""
    if task.discrete:
        return draw_classes if task.exclusive else draw_tags
    return draw_valence_arousal if sorted(task.labels) == ["arousal", "valence"] else draw_dimensions


def _draw_picture(axes: Axes, picture: Image.Image, name: str) -> None:
    size = (round(PIXELS * picture.width / picture.height) or 1, PIXELS)
    scaled: Any = ImageOps.contain(picture, (min(size[0], 2 * PIXELS), PIXELS), Image.Resampling.LANCZOS)
    axes.imshow(scaled)
    axes.set_axis_off()
    axes.set_title(name if len(name) <= 36 else f"…{name[-35:]}", fontsize=MEDIUM, color="0.4", loc="left", pad=5)
