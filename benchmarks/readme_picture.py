"""Draw the README's picture from the runs of the demo: its label graph beside the similarity of the label vectors.

make demo && make picture      # or: python benchmarks/readme_picture.py runs/demo docs/assets/demo.png
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image
from safetensors.numpy import load_file

from gcnlabel.figures import figure_style, label_graph_figure, similarity_figure
from gcnlabel.files import atomic_write
from gcnlabel.graph import LabelGraph

DPI, COLOURS, GAP = 130, 128, 20


def picture(demo: Path) -> Image.Image:
    """Return the graph of a demo, and the similarity of the label vectors that its graph head has learned."""
    graph = LabelGraph.load(demo / "graph" / "graph.safetensors")
    vectors = load_file(demo / "graph" / "predictions.safetensors")["label_vectors"]
    with figure_style(width=4.2):
        drawn = [_pixels(label_graph_figure(graph)), _pixels(similarity_figure({"": vectors}, graph.tasks))]
    height = max(image.height for image in drawn)
    beside = Image.new("RGB", (sum(image.width for image in drawn) + GAP, height), "white")
    left = 0
    for image in drawn:
        beside.paste(image, (left, (height - image.height) // 2))
        left += image.width + GAP
    return beside.quantize(COLOURS)


def _pixels(figure: Figure) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white")
    return Image.open(buffer).convert("RGB")


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("demo", type=Path)
    parser.add_argument("output", type=Path)
    given = parser.parse_args()
    with atomic_write(given.output, overwrite=True) as temporary:
        picture(given.demo).save(temporary, format="PNG", optimize=True)


if __name__ == "__main__":
    main()
