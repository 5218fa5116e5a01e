"""Encode images or texts to features with a pretrained network."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel features photos/ --encoder timm:convnext_tiny --output features.npy
  gcnlabel features labels.csv --column image --images photos/ --encoder torchvision:resnet50 --output features.npy
  gcnlabel features labels.csv --column text --encoder text:sentence-transformers/all-MiniLM-L6-v2 --output texts.npy
"""


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="FOLDER_OR_TABLE", type=click.Path())
@click.option(
    "--encoder", required=True, help="timm:MODEL, torchvision:MODEL or text:MODEL; text:MODEL may be a folder."
)
@click.option("--weights", type=click.Path(), help="File or folder of the network's weights.  [default: the library's]")
@click.option("--column", help="Column of the table (.csv) with the texts, or with the paths of the images.")
@click.option("--images", type=click.Path(), help="Folder that the column's paths are relative to.")
@click.option(
    "--output", required=True, type=click.Path(), help=".npy or .safetensors file to write, in the order of the rows."
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@click.option("--batch-size", default=32, show_default=True, type=click.IntRange(min=1), help="Batch size.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, ...; auto: a GPU if available.")
@json_option
def features(
    source: str,
    encoder: str,
    weights: str | None,
    column: str | None,
    images: str | None,
    output: str,
    device: str,
    **how: Any,
) -> Any:
    """Write the features of images (a folder, or a column of paths) or texts (a column) to OUTPUT.

    OUTPUT.json records the encoder, a digest of its weights, the preprocessing and the rows. Repeat an interrupted
    command to continue it.
    """
    from gcnlabel.encoding.encoders import load_feature_encoder
    from gcnlabel.encoding.items import read_items
    from gcnlabel.encoding.writing import write_features
    from gcnlabel.files import refuse_existing
    from gcnlabel.progress import progress_bar

    refuse_existing(output, how["overwrite"])
    names, items = read_items(source, column, images, texts=encoder.startswith("text:"))
    loaded = load_feature_encoder(encoder, weights, device)
    with progress_bar("encode") as progress:
        record = write_features(loaded, items, output, names=names, column=column, progress=progress, **how)
    click.echo(f"wrote {output}: {record['rows']} rows by {record['encoder']}")
    return {"output": output, "record": record}
