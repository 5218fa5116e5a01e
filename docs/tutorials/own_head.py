# %% [markdown]
# # A head of your own against the others
#
# A head is a class that returns label vectors `W` [L, D]; a function makes it from its context, and its keyword-only
# arguments are options of the config.

# %%
from pathlib import Path

_ = Path("my_heads.py").write_text('''
import torch
from torch import nn
from gcnlabel.nn import Head


class Smoothed(Head):
    """Free vectors, of which a share is the mean of those that the statistics relate: W = (1 - s) V + s C V."""

    def __init__(self, graph, tasks, in_features, share):
        super().__init__(tasks, in_features, bias=True)
        relation = torch.as_tensor(graph.statistic).float().nan_to_num().fill_diagonal_(0)
        relation = relation / relation.abs().sum(1, keepdim=True).clamp(min=1e-6)
        self.register_buffer("relation", relation)
        self.free = nn.Parameter(torch.randn(tasks.num_labels, in_features) / in_features**0.5)
        self.share = share

    def weight(self):
        return (1 - self.share) * self.free + self.share * self.relation @ self.free


def smoothed(context, *, share: float = 0.3) -> Head:
    """Return a head whose vectors are smoothed over the statistics."""
    return Smoothed(context.label_graph, context.tasks, context.in_features, share)


smoothed.graph = True
''')

# %% [markdown]
# ## Drawn data: eight tags and a number on every tenth sample

# %%
import numpy as np
import polars as pl

rng = np.random.default_rng(1)
hidden = rng.normal(size=(500, 3))
tags = (hidden @ rng.normal(size=(3, 8)) + rng.normal(size=(500, 8)) > 0.8).astype(int)
value = hidden @ rng.normal(size=3) + 0.3 * rng.normal(size=500)
names = [f"tag{i}" for i in range(8)]
columns = {name: tags[:, i] for i, name in enumerate(names)}
columns["value"] = [round(v, 3) if i % 10 == 0 else None for i, v in enumerate(value)]
pl.DataFrame(columns).write_csv("labels.csv")
noise = 1.0 * rng.normal(size=(500, 24))
np.save("features.npy", (hidden @ rng.normal(size=(3, 24)) + noise).astype(np.float32))
_ = Path("config.yaml").write_text(f"""
tasks:
  tags: {{type: multilabel, labels: [{", ".join(names)}]}}
  numbers: {{type: dimensional, dims: [value]}}
data:
  source: table
  annotations: labels.csv
  features: features.npy
  splits: {{train: 0.6, val: 0.2, test: 0.2}}
graph: {{embeddings: one-hot}}
model: {{backbone: {{name: mlp, hidden: [32]}}}}
training: {{epochs: 8, batch_size: 64}}
""")

# %% [markdown]
# ## The same recipe, three heads

# %%
# !gcnlabel train config.yaml --set 'model.head={name: "my_heads:smoothed", share: 0.5}' --output runs/smoothed

# %%
# !gcnlabel train config.yaml --set model.head.name=linear --output runs/linear

# %%
# !gcnlabel train config.yaml --set model.head.name=cosine --output runs/cosine

# %%
import json

for name in ("linear", "cosine", "smoothed"):
    tasks = json.loads(Path(f"runs/{name}/evaluation.json").read_text())["tasks"]
    found = {"mAP": tasks["tags"]["mAP"], "LRAP": tasks["tags"]["lrap"], "mean CCC": tasks["numbers"]["mean_ccc"]}
    print(f"{name:10s}", "  ".join(f"{metric} {value:.3f}" for metric, value in found.items()))

# %% [markdown]
# One seed says little. Name the head under `ablate: {heads: {smoothed: {name: "my_heads:smoothed"}}}` and let
# `gcnlabel ablate config.yaml --seeds 5` train all, and the ensemble `default` (about 15 trainings), with the same search
# over learning rates.
#
# ## Somebody else's run
#
# Commands that read a run do not execute code that its config names, unless they are told to:

# %%
# !gcnlabel evaluate runs/smoothed 2>&1 || echo "exit code $?"

# %%
# !gcnlabel evaluate runs/smoothed --trust > /dev/null && echo done
