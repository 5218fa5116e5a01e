# %% [markdown]
# # Gallery
#
# Every figure with the code that draws it, on drawn data. `gcnlabel figures RUN ... --output figures` makes those that
# suit the runs; each has a function that returns its numbers, with `_table` instead of `_figure` in its name.

# %%
import numpy as np
import polars as pl
import torch

from gcnlabel import figures
from gcnlabel.annotations import from_frame
from gcnlabel.graph import GraphRecipe
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

rng = np.random.default_rng(0)
moods, tags = ["calm", "glad", "upset"], ["smile", "tears", "shout", "wave"]
tasks = TaskSet([Categorical("mood", moods), MultiLabel("tags", tags), Dimensional("affect", ["pleasant", "active"])])
mood = rng.integers(0, 3, 800)
pleasant = np.array([0.1, 0.7, -0.7])[mood] + 0.2 * rng.normal(size=800)
active = np.array([-0.6, 0.5, 0.3])[mood] + 0.3 * rng.normal(size=800)
shares = np.array([[0.2, 0.02, 0.01, 0.1], [0.9, 0.1, 0.2, 0.6], [0.05, 0.6, 0.5, 0.05]])
there = (rng.random((800, 4)) < shares[mood]).astype(int)
frame = pl.DataFrame(
    {"mood": np.array(moods)[mood], "pleasant": pleasant, "active": active, **dict(zip(tags, there.T))}
)
graph = GraphRecipe(embeddings="one-hot").build(from_frame(frame, tasks))

# %% [markdown]
# ## Label graph

# %%
figures.label_graph_figure(graph)

# %% [markdown]
# ## Propagation matrix

# %%
figures.adjacency_figure(graph)

# %% [markdown]
# ## Measured dependency

# %%
figures.dependency_figure(graph)

# %% [markdown]
# ## Edges against tau

# %%
taus = np.linspace(0, 1, 51)
size = np.nan_to_num(np.abs(np.asarray(graph.statistic)))
np.fill_diagonal(size, 0)
edges = [(size >= tau).sum() - len(size) * (tau == 0) for tau in taus]
figures.tau_sweep_figure(taus, edges, [(size < tau).all(1).sum() for tau in taus], tau=0.1)

# %% [markdown]
# ## Similarity of label vectors

# %%
vectors = {"free": rng.normal(size=(9, 32)), "generated": graph.adjacency().numpy() @ rng.normal(size=(9, 32))}
figures.similarity_figure(vectors, tasks)

# %% [markdown]
# ## Confusion matrices

# %%
targets = torch.from_numpy(mood)
first, second = (torch.randn(800, 3) + size * torch.nn.functional.one_hot(targets, 3) for size in (1.0, 3.0))
matrices = {
    name: np.histogram2d(mood, scores.argmax(1), bins=3)[0].astype(int)
    for name, scores in {"first": first, "second": second}.items()
}
figures.confusion_figure(matrices, moods)

# %% [markdown]
# ## F1 of each label, reliability, precision against recall
#
# These are drawn from their tables, which are made from scores and targets of each run.

# %%
scored = {"first": (first, targets), "second": (second, targets)}
figures.label_bars_figure(figures.label_bars_table(scored, tasks["mood"]))

# %%
figures.reliability_figure(figures.reliability_table(scored, tasks["mood"]))

# %%
noise, wanted = torch.randn(800, 4), torch.from_numpy(there).float()
of_tags = {"first": (noise + wanted, wanted), "second": (noise + 3 * wanted, wanted)}
figures.precision_recall_figure(figures.precision_recall_table(of_tags, tasks["tags"]))

# %% [markdown]
# ## Two dimensions by class

# %%
predicted = np.column_stack([pleasant, active]) + 0.2 * rng.normal(size=(800, 2))
figures.scatter_figure(predicted, mood, moods, ["pleasant", "active"])
