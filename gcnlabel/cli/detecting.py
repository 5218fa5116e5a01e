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
    """Add the options of detection to a command."""
    options = (
        click.option(
            "--detect", is_flag=True, help="Look for faces, and predict each (extra faces; video for videos)."
        ),
        click.option(
            "--detector",
            metavar="NAME|YAML",
            help="What finds them: centerface, package.module:Attribute, or {name: centerface, side: 1280}, with the "
            "options score, side, margin, alignment.  [default: centerface]",
        ),
        click.option("--every", type=click.IntRange(min=1), help="Look at one of so many frames of a video."),
        click.option(
            "--fps", "rate", type=click.FloatRange(0, min_open=True), help="Look at so many frames of a video a second."
        ),
        click.option(
            "--smooth",
            "window",
            default=1.0,
            show_default=True,
            type=click.FloatRange(0),
            help="Seconds over which the dimensions of a video are smoothed in the figure; 0 for none.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def refuse_other_options(detect: bool) -> None:
    """Refuse options of the running command that have no effect with ``--detect``, or without it.

    Raises:
        InputError: One was given.
    """
    from gcnlabel.cli.idle_options import is_given, refuse_idle
    from gcnlabel.errors import InputError

    if not detect:
        refuse_idle(OF_DETECTION, "without --detect")
        return
    refuse_idle(OF_WHOLE_IMAGES, "beside --detect")
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
    """Predict what is found, write it and annotate copies.

    Args:
        run: The run folder.
        source: An image, a folder of images or a video.
        output: File of the predictions; None for none.
        folder: Where annotated copies go; None for nowhere.
        detector: What ``--detector`` gives.
        alignment: What ``--alignment`` gives.
        window: Seconds of the smoothing.
        overwrite: Whether files that are there may be replaced.
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
