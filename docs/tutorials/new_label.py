# %% [markdown]
# # A new label without training
#
# A head that is generated from a graph has something to say of a label that it was not trained on: the label's vector
# comes from its word vector and its edges. The data are drawn: six tags depend on three hidden causes, and the word
# vectors of the tags hold these causes, with noise.

# %%
import numpy as np
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.data import targets_to_tensors
from gcnlabel.graph import GraphRecipe, joined_graph
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.nn import CosineHead, LabelGraphHead, MultiTaskModel, mlp
from gcnlabel.tasks import MultiLabel, TaskSet

rng = np.random.default_rng(0)
names = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"]
causes = rng.normal(size=(8, 3))  # of each tag
hidden = rng.normal(size=(3000, 3))  # of each sample
tags = (hidden @ causes.T + rng.normal(size=(3000, 8)) > 0.5).astype(float)
features = torch.from_numpy(hidden @ rng.normal(size=(3, 20)) + 0.5 * rng.normal(size=(3000, 20))).float()
with open("word_vectors.txt", "w") as file:
    for name, vector in zip(names, causes + 0.2 * rng.normal(size=(8, 3)), strict=True):
        print(name, *vector.round(3), file=file)

# %% [markdown]
# ## Train without the last tag
#
# The model sees seven tags on the first 2,000 samples. `hen` has no column.

# %%
seven, eight = (TaskSet([MultiLabel("tags", names[:count])]) for count in (7, 8))
recipe = GraphRecipe(embeddings="word_vectors.txt")
train = Annotations(seven, {"tags": tags[:1500, :7]})
raw = recipe.measure(train)
graph = recipe.finish(raw)
torch.manual_seed(0)
model = MultiTaskModel(mlp(20, hidden=[32]), CosineHead(LabelGraphHead(graph, seven, 32, (64,))))
loss = MultiTaskLoss({task.name: make_loss(task) for task in seven}, {})
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
targets = targets_to_tensors(train)
for _ in range(300):
    total, _ = loss(model(features[:1500]), targets)
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
print(f"loss after 300 steps: {total.item():.3f}")

# %% [markdown]
# ## Extend it by the label
#
# Its edges come from other annotations, here 500 samples that were not trained on. The graph of those is joined to the
# first: what was trained stays as it is.

# %%
elsewhere = recipe.measure(Annotations(eight, {"tags": tags[1500:2000]}))
extended = model.eval().extend(recipe.finish(joined_graph(raw, elsewhere)))
with torch.no_grad():
    scores = extended(features[2000:])["tags"].numpy()
scores.shape

# %% [markdown]
# ## How well is it ranked?
#
# The area under the ROC curve on 1,000 new samples, beside that of the trained tags.

# %%
from scipy.stats import rankdata


def auc(score, there):
    ranks, positives = rankdata(score), there.sum()
    return (ranks[there == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(there) - positives))


for index, name in enumerate(names):
    print(f"{name}  {auc(scores[:, index], tags[2000:, index]):.3f}", "  never trained" if name == "hen" else "")

# %% [markdown]
# On real data the gap is of another size, and a ridge over correlations is a strong rival: `gcnlabel zero-shot` compares
# them, and [Labels that were never trained](../results/unseen.md) has what we measured.
