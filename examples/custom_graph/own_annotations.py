"""Your own annotations -> label graph -> one head for every task, in a plain PyTorch loop.

    python examples/custom_graph/own_annotations.py

Prints the labels from which each label takes features, and the loss as it falls. The annotations are drawn at random
here: a mood of three classes, tags that go with it, and a pleasantness that is missing in half of the rows.
"""

import numpy as np
import polars as pl
import torch

from gcnlabel.annotations import from_frame
from gcnlabel.data import targets_to_tensors
from gcnlabel.graph import GraphRecipe
from gcnlabel.inspection import inspect_labels
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.nn import LabelGraphHead, LinearHead, MultiTaskModel, mlp
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("mood", ["calm", "glad", "upset"]),
        MultiLabel("tags", ["smile", "tears"]),
        Dimensional("affect", ["pleasantness"], range=(-1, 1)),
    ]
)


def draw_annotations(n: int = 600) -> pl.DataFrame:
    """Return a table with a column for the class, a column a tag and one a dimension."""
    rng = np.random.default_rng(0)
    mood = rng.integers(0, 3, n)
    pleasant = np.clip(np.array([0.1, 0.7, -0.7])[mood] + 0.2 * rng.normal(size=n), -1, 1)
    return pl.DataFrame(
        {
            "mood": np.array(["calm", "glad", "upset"])[mood],
            "smile": (rng.uniform(size=n) < np.array([0.2, 0.9, 0.05])[mood]).astype(int),
            "tears": (rng.uniform(size=n) < np.array([0.02, 0.1, 0.6])[mood]).astype(int),
            "pleasantness": [None if i % 2 else float(value) for i, value in enumerate(pleasant)],
        }
    )


def main() -> None:
    """Measure, train, compare."""
    annotations = from_frame(draw_annotations(), TASKS)
    graph = GraphRecipe(embeddings="one-hot").build(annotations)
    for row in inspect_labels(graph):
        sources = ", ".join(f"{name} {weight:.2f}" for name, weight in row.in_neighbours)
        print(f"{row.label:13s} takes from", sources or "itself alone")

    targets = targets_to_tensors(annotations)
    torch.manual_seed(0)
    features = torch.randn(len(annotations), 16) + 2 * torch.nn.functional.one_hot(targets["mood"], 16)
    loss = MultiTaskLoss({task.name: make_loss(task) for task in TASKS}, {})
    for name, head in {"linear": LinearHead(TASKS, 32), "graph": LabelGraphHead(graph, TASKS, 32, (64,))}.items():
        backbone = mlp(16, hidden=[32])
        model = MultiTaskModel(backbone, head)
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        for step in range(61):
            total, _ = loss(model(features), targets)
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            if step % 30 == 0:
                print(f"{name:6s} step {step:2d} loss {total.item():.3f}")


if __name__ == "__main__":
    main()
