"""What the benchmarks of speed found, as Markdown for the README and the page on speed."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SPEEDS = ("head", "image_loading", "model", "statistics")
HEAD = ("| what | beside | size | found |", "| --- | --- | --- | --- |")


def speed_table() -> str:
    """Return what the benchmarks of speed found, as Markdown."""
    heads, images, models, counts = (_read(f"{n}_speed") if n != "image_loading" else _read(n) for n in SPEEDS)
    rows = [
        ("head, training step", "dense formula", f"{_labels(n)}", _faster(row["published_to_ours"]))
        for n, row in heads["training"].items()
        if "published_to_ours" in row
    ]
    rows += [
        ("head, training step", "linear layer", _labels(n), _cost(row["to_linear"]))
        for n, row in heads["training"].items()
    ]
    rows += [
        ("head folded, inference", "linear layer", _labels(n), _cost(row["folded_to_linear"]))
        for n, row in heads["inference"].items()
    ]
    rows += [
        (
            "ensemble (linear, cosine, graph), folded",
            "linear head",
            _labels(n),
            _cost(row["folded_to_linear"]),
        )
        for n, row in heads["ensemble"].items()
    ]
    rows += [
        ("DenseNet-121, training step", "with a linear head", name, _cost(row["ratio"]))
        for name, row in models["step"].items()
    ]
    rows += list(_training(_read("device_training")))
    rows += [
        ("DenseNet-121, inference in onnxruntime", "PyTorch eager", name, _faster(row["ratio"]))
        for name, row in models["export"].items()
    ]
    for name, row in counts["spearman"].items():
        rows += [
            ("label graph, Spearman", rival, name, _faster(row[f"{rival}_ratio"])) for rival in ("scipy", "pandas")
        ]
    for name, row in counts["cooccurrence"].items():
        rows += [("co-occurrence", "one scipy product", name, _cost(row["to_scipy"]))]
        if "loops_ratio" in row:
            rows += [("co-occurrence", "nested loops", name, _faster(row["loops_ratio"]))]
    rows += [
        (f"images: {name}", beside, "227 px, one core", _faster(images[ratio][name]))
        for name in images["ratio_to_released"]
        if not name.startswith("released")
        for beside, ratio in (("released loader", "ratio_to_released"), ("the same work", "ratio_to_same_work"))
    ]
    features = _read("feature_rate")
    size, share = f"{features['side']} px, one thread", features["share_of_network"]["ahead"]
    rows += [("`gcnlabel features`, ResNet-50", "the network alone", size, f"{share:.2f} of its rate")]
    rows += [("`gcnlabel --help`", "`import click`", "", _cost(models["help"]["ratio"]))]
    return "\n".join([*HEAD, *map(_row, rows), "", _bounds(models, counts, images)])


def short_speed_table() -> str:
    """Return six rows of them: a step of two sizes, inference, a whole model, statistics and images."""
    heads, images, models, counts = (_read(f"{n}_speed") if n != "image_loading" else _read(n) for n in SPEEDS)
    whole, export, rows = "227 px, batch 8", "227 px, batch 1", "287,000 rows, floats"
    images_faster = _faster(images["ratio_to_released"]["cache"])
    return "\n".join(
        [
            *HEAD,
            _row(("head, training step", "linear layer", _labels("80"), _cost(heads["training"]["80"]["to_linear"]))),
            _row(("the same, in DenseNet-121", "with a linear head", whole, _cost(models["step"][whole]["ratio"]))),
            _row(
                (
                    "head folded, inference",
                    "linear layer",
                    "80 labels",
                    _cost(heads["inference"]["80"]["folded_to_linear"]),
                )
            ),
            _row(("DenseNet-121 in onnxruntime", "PyTorch eager", export, _faster(models["export"][export]["ratio"]))),
            _row(("label graph, Spearman", "scipy", rows, _faster(counts["spearman"][rows]["scipy_ratio"]))),
            _row(("aligned, augmented images, cached", "released loader", "227 px, one core", images_faster)),
        ]
    )


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _training(devices: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for device, found in devices.items():
        size = f"227 px, batch {found['batch']}, {device}"
        for side in (name for name in found["images_per_second"] if name.startswith("gcnlabel")):
            what = f"training from the cache{side.removeprefix('gcnlabel')}"
            yield what, "the backbone alone", size, f"{found['share_of_limit'][side]:.2f} of its rate"
            yield what, "the recipe with Pillow", size, _faster(found["ratio_to_published"][side])


def _bounds(models: dict[str, Any], counts: dict[str, Any], images: dict[str, Any]) -> str:
    """Return what bounds the numbers, as a paragraph."""
    text = " ".join(["What bounds these.", *_of_models(models), *_of_statistics(counts), *_of_images(images)])
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _of_models(models: dict[str, Any]) -> Iterator[str]:
    more = (2 * 300 * 512 + 3 * 35 * 512) / (3 * 35 * 1024)
    yield (
        "Beside a linear layer, a generated head has (2 x 300 x 512 + 3 x 35 x 512) / (3 x 35 x 1024) = "
        f"{more:.1f} times the multiplications for each label."
    )
    rate = models["rate"]
    reached = [
        int(name.rpartition(" ")[2]) * rate["gflop_an_image"] / row["onnxruntime"] / rate["gflops_a_second"]
        for name, row in models["export"].items()
        if "onnxruntime" in row
    ]
    yield (
        f"onnxruntime reaches {min(reached):.0%} to {max(reached):.0%} of the rate of a matrix product on this machine "
        f"({rate['gflops_a_second']:.0f} GFLOP/s)."
    )
    resident = models["memory"]["training"][4:]
    yield (
        f"Lightning adds {models['lightning']['own_ms_a_step']:.1f} ms to a step. Over the last 500 of 1,000 training "
        f"steps, memory grew by {resident[-1] - resident[0]:.1f} MiB."
    )


def _of_statistics(counts: dict[str, Any]) -> Iterator[str]:
    grid, floats = ([row["extra_mib"] for row in counts[key].values()] for key in ("memory", "memory_floats"))
    yield (
        f"Streaming Parquet of classes and dimensions, whether {' or '.join(counts['memory'])}, takes "
        f"{min(grid):.0f} to {max(grid):.0f} MiB for values on a grid and {min(floats):.0f} to {max(floats):.0f} MiB "
        "for arbitrary floats; what is kept beyond 2,097,152 samples of a dimension lies in a temporary file, 8 bytes "
        "each. Ranks of arbitrary floats beside tags or other dimensions are kept in memory, all of them."
    )
    rows = counts["cooccurrence"].items()
    bounds = [f"{row['bound']} ({name.partition(':')[0]})" for name, row in rows if "bound" in row]
    yield f"Beside the tags, counting co-occurrence takes at most {' and '.join(bounds)}."


def _of_images(images: dict[str, Any]) -> Iterator[str]:
    times, parts = images["milliseconds_an_image"], images["milliseconds_of_parts"]
    released, same = (times[name] for name in times if name.startswith("released"))
    yield (
        f"Images: JPEG files of about {images['side']} pixels, normalisation included. The released loader of "
        "Emotion-GCN is taken as it is, rebuilt with its own libraries: OpenCV reads and turns the picture, its colour "
        f"jitter has no effect, and its random turns take the nearest pixel; {released:.1f} ms an image. With the "
        f'jitter and the bilinear turns of ours ("the same work") it takes {same:.1f} ms. Ours take '
        f"{times['originals']:.1f} ms from originals, of which {parts['picture decoded in full']:.1f} ms decode the "
        f"file, and {times['cache']:.2f} ms from the cache, with OpenCV (`pip install 'gcnlabel[opencv]'`); without it "
        f"{times['originals, without OpenCV']:.1f} and {times['cache, without OpenCV']:.1f} ms."
    )


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _labels(number: str) -> str:
    return f"{int(number):,} labels"


def _faster(ratio: float) -> str:
    return f"{ratio:.3g}x as fast"


def _cost(ratio: float) -> str:
    return f"{ratio:.2f}x its time"
