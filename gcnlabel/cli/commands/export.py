"""Write a run as ONNX, safetensors or a PyTorch archive that needs no graph library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.json_results import json_option
from gcnlabel.cli.run_argument import run_argument

if TYPE_CHECKING:
    from gcnlabel.prediction.network import Network

EXAMPLES = """\b
Examples:
  gcnlabel export runs/a --format onnx --output model.onnx
  gcnlabel export runs/a --format safetensors --output model.safetensors
  gcnlabel export runs/a --format torch-export --output model.pt2
"""


@click.command(epilog=EXAMPLES)
@run_argument
@click.option(
    "--format",
    "format",
    default="onnx",
    show_default=True,
    type=click.Choice(["onnx", "safetensors", "torch-export"]),
    help="For onnxruntime; weights alone; for PyTorch alone.",
)
@click.option("--output", required=True, type=click.Path(), help="The file to write.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@json_option
def export(run: str, format: str, output: str, overwrite: bool, trust: bool) -> Any:
    """Write the selected checkpoint of RUN as one file that needs no graph library.

    The label graph is folded into plain weights: one linear layer, wherever scores are linear in the features. Names of
    tasks and labels, the input that is expected and what the outputs mean stand in the file's metadata, under the key
    gcnlabel.
    """
    from pathlib import Path

    from gcnlabel.export import export_model
    from gcnlabel.files import refuse_existing
    from gcnlabel.prediction import load_network
    from gcnlabel.progress import progress_bar
    from gcnlabel.run import RunFolder

    refuse_existing(output, overwrite)
    with progress_bar("export") as progress:
        progress(0, 2)
        network = load_network(RunFolder(run, trust=trust))
        progress(1, 2)
        description = _described(network)
        export_model(network.model, output, format, description, overwrite=overwrite)
        progress(2, 2)
    size = Path(output).stat().st_size / 2**20
    shape = ", ".join(map(str, description["input"]["shape"]))
    click.echo(
        f"{output}: {size:.1f} MiB, {description['input']['dtype']} [{shape}] -> {', '.join(network.tasks.names)}"
    )
    return {"written": [output], **description}


def _described(network: Network) -> dict[str, Any]:
    """Return what stands in the file's metadata."""
    from gcnlabel.export import describe_model

    return describe_model(
        network.tasks,
        network.input_shape,
        scaling=network.config.model.backbone.scaling,
        geometry=network.config.data.geometry,
        thresholds={name: values.tolist() for name, values in network.thresholds.items()},
    )
