"""What a head costs: a training step and inference, beside the published formula and a linear layer.

    python benchmarks/head_speed.py [--labels 9 80 1000 10000 100000 1000000] [--seconds 3] [--only ensemble]

Training step: forward and backward of a 300-512-1024 head with two hidden layers of weights, 35 samples, 8 neighbours a
label. "Published" is the dense formula of both released codes, written from the formula: ``D^-1/2 Aᵀ D^-1/2`` rebuilt
in every step, both products dense, W formed. Inference: the head folded into a linear layer. Ensemble: linear, cosine
and generated base models on the same features, folded, beside a linear head, with 384 features and 256
samples. The sides take turns in one process; medians. Writes benchmarks/results/head_speed.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.files import atomic_write
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import CosineHead, LabelGraphHead, LinearHead
from gcnlabel.nn.heads.ensemble import EnsembleHead
from gcnlabel.tasks import MultiLabel, TaskSet

RESULT = Path(__file__).parent / "results" / "head_speed.json"
EMBEDDING, HIDDEN, FEATURES, BATCH, DEGREE = 300, 512, 1024, 35, 8
ENSEMBLE_FEATURES, ENSEMBLE_BATCH = 384, 256
MAX_DENSE = 10_000
"""Labels up to which the dense formula is tried: its matrix has their square."""


class Published(nn.Module):
    """The dense formula."""

    def __init__(self, x: Tensor, adjacency: Tensor) -> None:
        super().__init__()
        self.x, self.adjacency = x, adjacency
        self.first = nn.Parameter(torch.randn(EMBEDDING, HIDDEN) * 0.03)
        self.second = nn.Parameter(torch.randn(HIDDEN, FEATURES) * 0.03)

    def forward(self, features: Tensor) -> Tensor:
        """Return the scores [B, L]."""
        scale = torch.diag(self.adjacency.sum(1).pow(-0.5))
        propagation = scale @ self.adjacency.T @ scale
        hidden = nn.functional.leaky_relu(propagation @ (self.x @ self.first), 0.2)
        return features @ (propagation @ (hidden @ self.second)).T


def ring(labels: int) -> tuple[Tensor, Tensor]:
    """Return edges by which every label receives from itself and, at random, from about 8 others."""
    others = torch.randint(labels, (DEGREE * labels,), generator=torch.Generator().manual_seed(0))
    me = torch.arange(labels)
    source, target = torch.cat([others, me]), torch.cat([me.repeat_interleave(DEGREE), me])
    return torch.stack([source, target]), torch.cat(
        [torch.full((len(others),), 0.7 / DEGREE), torch.full((labels,), 0.3)]
    )


def random_graph(labels: int) -> LabelGraph:
    """Return a graph with random edges and embeddings; its task names are numbers."""
    tasks = TaskSet([MultiLabel("labels", list(map(str, range(labels))))])
    edge_index, edge_weight = ring(labels)
    x = torch.randn(labels, EMBEDDING, generator=torch.Generator().manual_seed(0))
    return LabelGraph(x=x, edge_index=edge_index, edge_weight=edge_weight, tasks=tasks, num_nodes=labels)


def graph_head(labels: int, features: int = FEATURES) -> LabelGraphHead:
    """Return the head over a random graph."""
    graph = random_graph(labels)
    return LabelGraphHead(graph, graph.tasks, features, (HIDDEN,))


def step(head: nn.Module, features: Tensor, gradient: Tensor) -> None:
    """Go forward and backward once."""
    scores = head(features)
    scores = scores["labels"] if isinstance(scores, dict) else scores
    scores.backward(gradient)
    for parameter in head.parameters():
        parameter.grad = None


def in_turns(sides: dict[str, Callable[[], Any]], budget: float) -> dict[str, float]:
    """Return the median time of each side; they take turns for some seconds each, at least 3 times."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for work in sides.values():
        work()
    while min(map(len, times.values())) < 3 or (
        sum(map(sum, times.values())) < budget * len(sides) and min(map(len, times.values())) < 200
    ):
        for name, work in sides.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def training(labels: int, budget: float) -> dict[str, float]:
    """Time a training step of each head."""
    ours = graph_head(labels)
    linear = LinearHead(ours.tasks, FEATURES, bias=False)
    features, gradient = torch.randn(BATCH, FEATURES, requires_grad=True), torch.randn(BATCH, labels)
    heads: dict[str, nn.Module] = {"gcnlabel": ours, "linear": linear}
    if labels <= MAX_DENSE:
        heads["published"] = Published(ours.x, ours.adjacency().to_dense())
    found = in_turns({name: lambda head=head: step(head, features, gradient) for name, head in heads.items()}, budget)
    ratios = {"to_linear": found["gcnlabel"] / found["linear"]}
    if "published" in found:
        ratios["published_to_ours"] = found["published"] / found["gcnlabel"]
    return {f"{name}_ms": value * 1e3 for name, value in found.items()} | ratios


def inference(labels: int, budget: float) -> dict[str, float]:
    """Time inference of the folded head, of a linear layer and of the dense formula."""
    ours = graph_head(labels)
    layer = nn.Linear(FEATURES, labels, bias=False)
    folded = ours.to_linear()
    features = torch.randn(BATCH, FEATURES)
    with torch.inference_mode():
        found = in_turns({"folded": lambda: folded(features), "linear": lambda: layer(features)}, budget)
        ratios = {"folded_to_linear": found["folded"] / found["linear"]}
        if labels <= 1000:
            published = Published(ours.x, ours.adjacency().to_dense())
            dense = in_turns({"published": lambda: published(features), "linear": lambda: layer(features)}, budget)
            found |= {"published": dense["published"]}
            ratios |= {"published_to_linear": dense["published"] / dense["linear"]}
    return {f"{name}_ms": value * 1e3 for name, value in found.items()} | ratios


def ensemble(labels: int, budget: float) -> dict[str, float]:
    """Time inference of a folded ensemble beside a linear head."""
    size = ENSEMBLE_FEATURES
    generated = graph_head(labels, size)
    tasks = generated.tasks
    bases = {"linear": LinearHead(tasks, size), "cosine": CosineHead(LinearHead(tasks, size)), "generated": generated}
    sides = {"folded": EnsembleHead(bases).eval().fused(), "linear": LinearHead(tasks, size).eval()}
    features = torch.randn(ENSEMBLE_BATCH, size)
    with torch.inference_mode():
        found = in_turns({name: lambda head=head: head(features) for name, head in sides.items()}, budget)
    return {f"{name}_ms": value * 1e3 for name, value in found.items()} | {
        "folded_to_linear": found["folded"] / found["linear"]
    }


MEASURES: dict[str, tuple[Callable[[int, float], dict[str, float]], int]] = {
    "training": (training, 1_000_000),
    "inference": (inference, 100_000),
    "ensemble": (ensemble, 1000),
}
"""What is measured, with the number of labels up to which it is."""


def main() -> None:
    """Measure every number of labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", nargs="*", type=int, default=[9, 80, 1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    results |= {"torch": torch.__version__, "threads": torch.get_num_threads()}
    for labels in options.labels:
        for name in options.only:
            measure, most = MEASURES[name]
            if labels > most:
                continue
            found = measure(labels, options.seconds)
            results.setdefault(name, {})[str(labels)] = found
            print(
                f"{labels:>9,} labels, {name}: { {key: round(value, 3) for key, value in found.items()} }", flush=True
            )
            with atomic_write(RESULT, overwrite=True) as temporary:
                temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
