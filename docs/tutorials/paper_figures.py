# %% [markdown]
# # A paper's figures
#
# From runs to figures in the width of a column, each with its numbers as CSV. The faces are bundled and **drawn, not
# photographs**; few of them are taken here, so that this page is made in a minute.

# %%
# !gcnlabel train synthetic-faces --set data.train=600 --set data.val=200 --set data.test=400 --set data.splits.val=val \
#     --set training.epochs=3 --set model.head.name=linear --output runs/linear

# %%
# !gcnlabel train synthetic-faces --set data.train=600 --set data.val=200 --set data.test=400 --set data.splits.val=val \
#     --set training.epochs=3 --output runs/graph

# %% [markdown]
# ## All figures of both runs

# %%
# !gcnlabel figures runs/linear runs/graph --output figures --format png --format pdf --width column

# %%
from PIL import Image

Image.open("figures/similarity.png")

# %% [markdown]
# ## The numbers behind a figure

# %%
import polars as pl

pl.read_csv("figures/comparison.csv").head(8)

# %% [markdown]
# ## A figure in your own style
#
# Every figure is a function; what you set within `figure_style`, or on the returned `Figure`, is yours.

# %%
from gcnlabel.figures import adjacency_figure, figure_style
from gcnlabel.graph import LabelGraph

from pathlib import Path

Path("mine.mplstyle").write_text("font.family: serif\nfont.size: 7\n")
graph = LabelGraph.load("runs/graph/graph.safetensors")
with figure_style("column", ["mine.mplstyle"]):
    figure = adjacency_figure(graph)
figure

# %% [markdown]
# ## The published paper itself
#
# `gcnlabel reproduce` makes tables and figures of Emotion-GCN, with the reported numbers in a column of that name. The
# adjacency needs no training:

# %%
# !gcnlabel reproduce fig3 --data synthetic-faces --quick --output reproduced

# %%
# !ls reproduced/figures
