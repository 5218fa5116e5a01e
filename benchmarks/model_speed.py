"""What the head costs in a whole network, what an exported file gains, and what the engine and the command cost.

    python benchmarks/model_speed.py [step] [export] [rate] [lightning] [help] [memory]

step: a training step of DenseNet-121 with the graph head beside the same with a linear head, at 64 and 227 pixels.
export: DenseNet-121 inference in onnxruntime, PyTorch eager and eager with channels last.
lightning: Lightning's own time for a step beside a bare loop, on a small network.
help: ``gcnlabel --help`` beside ``python -c "import click"``.
rate: what a matrix product reaches here, and the operations of DenseNet-121.
memory: resident memory over 1,000 training steps and 100 predictions.
Sides take turns; medians. Writes benchmarks/results/model_speed.json.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning as L
import onnxruntime
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import gcnlabel
from gcnlabel.data import ArrayDataset, whole_batch
from gcnlabel.export import describe_model, export_model
from gcnlabel.files import atomic_write
from gcnlabel.graph import GraphRecipe, LabelGraph, graph_from_matrix, read_matrix
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.nn import Backbone, LabelGraphHead, LinearHead, MultiTaskModel, densenet121, mlp
from gcnlabel.nn.scaling import ScaleToImageNet
from gcnlabel.tasks import Categorical, Dimensional, TaskSet
from gcnlabel.training import MultiTaskModule

RESULT = Path(__file__).parent / "results" / "model_speed.json"
STATISTICS = Path(gcnlabel.__file__).parent / "resources" / "affectnet_spearman.csv"
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
TASKS = TaskSet([Categorical("expression", CLASSES), Dimensional("affect", ("valence", "arousal"), (-1, 1))])


def label_graph() -> LabelGraph:
    """Return the graph of the Emotion-GCN paper."""
    return GraphRecipe(convention="emotion-gcn-paper", embeddings="emotion-words").finish(
        graph_from_matrix(*read_matrix(STATISTICS), tasks=TASKS)
    )


def loss() -> MultiTaskLoss:
    """Return the paper's loss."""
    return MultiTaskLoss({task.name: make_loss(task) for task in TASKS})


def targets(count: int) -> dict[str, torch.Tensor]:
    """Draw targets."""
    return {"expression": torch.randint(0, 7, (count,)), "affect": torch.rand(count, 2) * 2 - 1}


def medians(sides: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each side; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, work in sides.items():
            start = time.perf_counter()
            work()
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def step() -> dict[str, Any]:
    """Time a training step with either head."""
    found = {}
    for size, batch, rounds in ((64, 35, 9), (227, 8, 5)):
        images, wanted, criterion = torch.rand(batch, 3, size, size), targets(batch), loss()
        backbone = densenet121()
        heads = {
            "graph": LabelGraphHead(label_graph(), TASKS, backbone.out_features),
            "linear": LinearHead(TASKS, backbone.out_features),
        }

        def once(head: nn.Module) -> None:
            model = MultiTaskModel(backbone, head)  # noqa: B023
            criterion(model(images), wanted)[0].backward()  # noqa: B023

        row = medians({name: lambda head=head: once(head) for name, head in heads.items()}, rounds)
        found[f"{size} px, batch {batch}"] = {**row, "ratio": row["graph"] / row["linear"]}
    return found


def export() -> dict[str, Any]:
    """Time inference of the exported file beside PyTorch."""
    backbone = densenet121()
    scaled = Backbone(nn.Sequential(ScaleToImageNet(), backbone.network), backbone.out_features)
    model = MultiTaskModel(scaled, LabelGraphHead(label_graph(), TASKS, backbone.out_features)).eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_model(model, path, "onnx", describe_model(TASKS, (3, 227, 227), scaling="imagenet"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # else its threads slow the others
        session = onnxruntime.InferenceSession(path, options)
    last = model.fuse().to(memory_format=torch.channels_last)
    found = {}
    for batch in (1, 8, 32):
        images = torch.randint(0, 255, (batch, 3, 227, 227), dtype=torch.uint8)
        sides = {
            "eager": lambda: model(images),  # noqa: B023
            "folded, channels last": lambda: last(images.contiguous(memory_format=torch.channels_last)),  # noqa: B023
            "onnxruntime": lambda: session.run(None, {"inputs": images.numpy()}),  # noqa: B023
        }
        with torch.inference_mode():
            times = medians(sides, 7)
        found[f"227 px, batch {batch}"] = {**times, "ratio": times["eager"] / times["onnxruntime"]}
    return found


def rate() -> dict[str, Any]:
    """Measure how fast this machine multiplies matrices, and count the operations of one image."""
    network = densenet121().eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, 227, 227))
    a = torch.randn(2048, 2048)
    seconds = medians({"product": lambda: a @ a}, 9)["product"]
    return {"gflops_a_second": 2 * 2048**3 / seconds / 1e9, "gflop_an_image": counter.get_total_flops() / 1e9}


def lightning() -> dict[str, Any]:
    """Time a step of a small network in Lightning and in a bare loop over the same loader."""
    samples = 35 * 200
    dataset = ArrayDataset(torch.randn(samples, 32).numpy(), targets(samples))

    def module() -> MultiTaskModule:
        model = MultiTaskModel(mlp(32, hidden=(64,)), LinearHead(TASKS, 64))
        return MultiTaskModule(model, loss(), lambda parameters: torch.optim.SGD(parameters, 0.01))

    def loader() -> Any:
        return torch.utils.data.DataLoader(dataset, batch_size=35, collate_fn=whole_batch)

    def bare() -> None:
        net = module()
        optimizer = net.make_optimizer(net.parameters())
        for inputs, wanted in loader():
            optimizer.zero_grad()
            net.loss(net(inputs), wanted)[0].backward()
            optimizer.step()

    def engine() -> None:
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
        trainer = L.Trainer(max_epochs=1, accelerator="cpu", enable_model_summary=False, **quiet)
        trainer.fit(module(), loader())

    found = medians({"bare": bare, "lightning": engine}, 5)
    return {f"{name}_ms_a_step": value / 200 * 1e3 for name, value in found.items()} | {
        "own_ms_a_step": (found["lightning"] - found["bare"]) / 200 * 1e3
    }


def help_text() -> dict[str, Any]:
    """Time the command's help."""
    program = Path(sys.executable).parent / "gcnlabel"
    sides = {"gcnlabel --help": [program, "--help"], "import click": [sys.executable, "-c", "import click"]}
    found = medians({n: lambda c=c: subprocess.run(c, capture_output=True, check=True) for n, c in sides.items()}, 15)
    return {**found, "ratio": found["gcnlabel --help"] / found["import click"]}


def memory() -> dict[str, Any]:
    """Measure resident memory while training and predicting."""
    model = MultiTaskModel(mlp(32, hidden=(64,)), LabelGraphHead(label_graph(), TASKS, 64))
    module = MultiTaskModule(model, loss(), lambda parameters: torch.optim.SGD(parameters, 0.01))
    optimizer = module.make_optimizer(module.parameters())
    inputs, wanted = torch.randn(35, 32), targets(35)
    found: dict[str, list[float]] = {"training": [], "predicting": []}
    for i in range(1000):
        optimizer.zero_grad()
        module.loss(module(inputs), wanted)[0].backward()
        optimizer.step()
        if i % 100 == 99:
            found["training"].append(resident_mib())
    fused = model.fuse()
    for i in range(100):
        fused(torch.randn(1000, 32))
        if i % 10 == 9:
            found["predicting"].append(resident_mib())
    return found


def resident_mib() -> float:
    """Return the memory that this program holds now, in MiB (Linux)."""
    gc.collect()
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


PARTS = {"step": step, "export": export, "rate": rate, "lightning": lightning, "help": help_text, "memory": memory}


def main() -> None:
    """Measure the named parts and write them beside the others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    warnings.simplefilter("ignore")
    for name in parser.parse_args().parts:
        torch.manual_seed(0)
        found = PARTS[name]()
        print(name, json.dumps(found, indent=1), flush=True)
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        results |= {"torch": torch.__version__, "threads": torch.get_num_threads(), name: found}
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
