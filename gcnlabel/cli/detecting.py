"""``predict --detect``: faces in photographs and videos."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gcnlabel.prediction import Detected
    from gcnlabel.run import RunFolder

OF_DETECTION = ("detector", "every", "rate", "window")
OF_WHOLE_IMAGES = ("faces", "weights", "column")


def detect_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with the options of detection."""
    options = (
        click.option(
            "--detect", is_flag=True, help="Detect faces, and predict each (extra faces; extra video for videos)."
        ),
        click.option(
            "--detector",
            metavar="NAME|YAML",
            help="Detector: centerface, package.module:Attribute, or with options, as {name: centerface, side: 1280}.  "
            "[default: centerface]",
        ),
        click.option("--every", type=click.IntRange(min=1), help="Use every N-th frame of a video."),
        click.option(
            "--fps", "rate", type=click.FloatRange(0, min_open=True), help="Use so many frames per second of a video."
        ),
        click.option(
            "--smooth",
            "window",
            default=1.0,
            show_default=True,
            type=click.FloatRange(0),
            help="Smoothing window in seconds for the dimensions of a video in the figure; 0 for none.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def refuse_other_options(detect: bool) -> None:
    """Raise an error for options of the running command that have no effect with, or without, ``--detect``.

    Raises:
        InputError: One was given.
    """
    from gcnlabel.cli.idle_options import is_given, refuse_idle
    from gcnlabel.errors import InputError

    if not detect:
        refuse_idle(OF_DETECTION, "without --detect")
        return
    refuse_idle(OF_WHOLE_IMAGES, "with --detect")
    if is_given("every") and is_given("rate"):
        raise InputError("--every and --fps", expected="one of them")


def detect(
    run: RunFolder,
    source: str,
    output: str | None,
    folder: str | None,
    *,
    detector: str | None,
    alignment: str | None,
    window: float,
    overwrite: bool,
    **how: Any,
) -> Detected:
    """Predict detections, write the predictions and annotate copies.

    Args:
        run: The run folder.
        source: An image, a folder of images or a video.
        output: File of the predictions; None for none.
        folder: Folder of annotated copies; None for none.
        detector: Value of ``--detector``.
        alignment: Value of ``--alignment``.
        window: Smoothing window in seconds.
        overwrite: Whether to replace existing files.
        how: Other options of :func:`gcnlabel.prediction.predict_detected`.
    """
    from gcnlabel import prediction
    from gcnlabel.progress import progress_bar

    prediction.check_takes_images(run)
    annotate = _annotation(run, source, folder, window, overwrite)
    with progress_bar("detect") as progress:
        found = prediction.predict_detected(run, source, _detector(detector, alignment), progress=progress, **how)
    if output is not None:
        found.save(output, overwrite=overwrite)
    with progress_bar("annotate") as progress:
        annotate(found, progress)
    return found


def _annotation(
    run: RunFolder, source: str, folder: str | None, window: float, overwrite: bool
) -> Callable[[Detected, Any], None]:
    """Return what annotates, once it is known that its files may be written."""
    from gcnlabel import prediction

    if folder is None:
        return lambda found, progress: None
    if prediction.is_video(source):
        clip = prediction.video_files(source, folder, overwrite=overwrite)
        return lambda found, progress: prediction.annotate_video(
            found, source, clip, window=window, overwrite=overwrite, progress=progress
        )
    files = prediction.find_images(source, run.load_config())
    copies = prediction.annotated_files(files, folder, overwrite=overwrite)
    return lambda found, progress: prediction.annotate_photographs(
        found, files, copies, overwrite=overwrite, progress=progress
    )


def _detector(text: str | None, alignment: str | None) -> Any:
    from gcnlabel.errors import InputError
    from gcnlabel.files.yaml_text import parse_yaml

    given = {} if text is None else parse_yaml(text, "--detector")
    if not isinstance(given, dict | str):
        raise InputError(f"--detector {text}", expected="a name, or {name: ..., option: ...}")
    options = {"name": given} if isinstance(given, str) else given
    return options if alignment is None else {**options, "alignment": alignment}
