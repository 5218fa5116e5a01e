"""Serve a run over HTTP."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.run_argument import run_argument

EXAMPLES = """\b
Examples:
  gcnlabel serve runs/a                                  # http://127.0.0.1:8000, its page at /docs
  curl http://127.0.0.1:8000/predict -F images=@photo.jpg
  gcnlabel serve runs/on_features --port 8001
  curl http://127.0.0.1:8001/predict -H 'Content-Type: application/json' -d '{"features": [[0.1, 0.2]]}'
"""
RESUME_HINT = "run the same command again"
MODULES = ("fastapi", "uvicorn", "python_multipart")


@click.command(epilog=EXAMPLES)
@run_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address; 0.0.0.0 for all interfaces.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for a free one.")
@click.option(
    "--max-bytes", default=10_000_000, show_default=True, type=click.IntRange(min=1), help="Largest request in bytes."
)
@click.option(
    "--max-rows",
    default=1024,
    show_default=True,
    type=click.IntRange(min=1),
    help="Largest number of inputs per request.",
)
@click.option(
    "--batch-window",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0, 10_000),
    help="Milliseconds that a request waits for others to share a batch.",
)
@click.option("--max-batch", default=64, show_default=True, type=click.IntRange(min=1), help="Largest batch size.")
@click.option("--weights", type=click.Path(), help="Weights of the encoder of the run's features, if they have moved.")
@click.option("--features", is_flag=True, help="Take features instead of the images or texts that they encode.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, ...; auto: a GPU if available.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
def serve(
    run: str,
    host: str,
    port: int,
    max_bytes: int,
    max_rows: int,
    batch_window: float,
    max_batch: int,
    trust: bool,
    **how: Any,
) -> None:
    """Serve the predictions of the best checkpoint of RUN as JSON, at POST /predict.

    A run on images takes image files, one on features rows of numbers, one on molecules SMILES. A run on features from
    gcnlabel features takes the images or texts of its encoder, unless --features is given. Predictions are those of
    gcnlabel predict. /docs is a page with a form, /model describes the run, and /health is a health check. Without
    --host, only this machine can connect. Ctrl-C stops the server.
    """
    from gcnlabel.optional import optional

    for module in MODULES:
        optional(module, "serve", "gcnlabel serve")
    from gcnlabel import serving
    from gcnlabel.run import RunFolder

    limits = serving.Limits(bytes=max_bytes, rows=max_rows, window=batch_window / 1000, batch=max_batch)
    service = serving.load_service(RunFolder(run, trust=trust), limits, **how)
    serving.serve(
        serving.make_app(service, limits),
        host,
        port,
        lambda url: click.echo(f"serving {run} at {url}: documentation at {url}/docs; Ctrl-C stops it"),
    )
