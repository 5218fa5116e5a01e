"""Export a run to ONNX, safetensors or a PyTorch archive that needs no graph library."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.json_results import json_option
from gcnlabel.cli.run_argument import run_argument

EXAMPLES = """\b
Examples:
  gcnlabel export runs/a --format onnx --output model.onnx
  gcnlabel export runs/a --format onnx --quantize int8 --output small.onnx
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
    help="onnx: for onnxruntime; safetensors: only weights; torch-export: for PyTorch.",
)
@click.option(
    "--quantize", type=click.Choice(["int8"]), help="Quantize to 8 bits (onnx), and print the loss of accuracy."
)
@click.option("--output", required=True, type=click.Path(), help="The file to write.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@json_option
def export(run: str, format: str, quantize: str | None, output: str, overwrite: bool, trust: bool) -> Any:
    """Write the best checkpoint of RUN as one file that needs no graph library.

    The label graph is folded into plain weights, which form one linear layer if scores are linear in the features. The
    file's metadata describe inputs and outputs under the key gcnlabel: tasks, labels, preprocessing, thresholds,
    calibration and versions.

    --quantize int8 compares the file with the float32 model on the run's evaluation split, or on random inputs if its
    data cannot be read.
    """
    from pathlib import Path

    from gcnlabel.errors import InputError
    from gcnlabel.export import describe_network, export_model
    from gcnlabel.files import refuse_existing
    from gcnlabel.prediction import load_network
    from gcnlabel.progress import progress_bar
    from gcnlabel.run import RunFolder

    refuse_existing(output, overwrite)
    if quantize is not None and format != "onnx":
        raise InputError(f"--quantize {quantize} with --format {format}", expected="--format onnx")
    folder = RunFolder(run, trust=trust)
    with progress_bar("export") as progress:
        progress(0, 2)
        network = load_network(folder)
        progress(1, 2)
        description = describe_network(network)
        if quantize is None:
            export_model(network.model, output, format, description, overwrite=overwrite)
        else:
            description["quantization"] = _quantized(folder, network, output, description, overwrite)
        progress(2, 2)
    size = Path(output).stat().st_size / 2**20
    shape = ", ".join(map(str, description["input"]["shape"]))
    click.echo(
        f"{output}: {size:.1f} MiB, {description['input']['dtype']} [{shape}] -> {', '.join(network.tasks.names)}"
    )
    return {"written": [output], **description}


def _quantized(folder: Any, network: Any, output: str, description: dict[str, Any], overwrite: bool) -> dict[str, Any]:
    """Write a quantized file, and print and return its comparison with float32."""
    from gcnlabel.export.int8 import export_int8
    from gcnlabel.export.samples import samples_of_run

    samples = samples_of_run(folder, network)
    cost = export_int8(network.model, output, description, samples, overwrite=overwrite)
    before, after = (cost["bytes"][kind] / 2**20 for kind in ("float32", "int8"))
    click.echo(f"int8, {cost['method']}: {before:.2f} -> {after:.2f} MiB")
    click.echo(f"compared on {cost['compared_on']} ({cost['samples']} samples):")
    for name, values in cost.get("metrics", {}).items():
        click.echo(f"  {name}: {values['float32']:.4f} -> {values['int8']:.4f}")
    for name, value in cost["largest_difference"].items():
        click.echo(f"  {name}: largest difference {value:.2g}")
    return cost
