"""Small made graphs and molecules, for tests of graphs as inputs."""

import numpy as np
import polars as pl
import torch
import yaml
from torch_geometric.data import Data

# ring sizes, chains, one atom, a salt of two parts without a bond between them
SMILES = ("C", "CC", "CCO", "c1ccccc1", "CC(=O)O", "[Na+].[Cl-]", "C1CCCCC1", "CCN", "O", "c1ccncc1O", "CC#N", "CCCl")
TASKS = {
    "groups": {"type": "multilabel", "labels": ["ring", "oxygen", "nitrogen"]},
    "size": {"type": "dimensional", "dims": ["atoms", "letters"]},
}


def made_graphs(count=12, columns=4, edge_columns=2, seed=0):
    """Return graphs of 1 to 6 nodes, some without an edge."""
    rng = np.random.default_rng(seed)
    graphs = []
    for k in range(count):
        nodes, edges = 1 + k % 6, 0 if k % 4 == 0 else 3
        graphs.append(
            Data(
                x=torch.from_numpy(rng.normal(size=(nodes, columns))).float(),
                edge_index=torch.from_numpy(rng.integers(0, nodes, (2, edges))),
                edge_attr=torch.from_numpy(rng.normal(size=(edges, edge_columns))).float(),
            )
        )
    return graphs


def write_molecules(folder, rows=48, **model):
    """Write a table of molecules, with missing cells, and a config; return the config's path."""
    smiles = [SMILES[k % len(SMILES)] for k in range(rows)]
    table = {
        "smiles": smiles,
        "split": (["train", "train", "val", "test"] * rows)[:rows],
        "ring": [int("1" in text) for text in smiles],
        "oxygen": [None if k % 5 == 0 else int("O" in text) for k, text in enumerate(smiles)],
        "nitrogen": [int("N" in text or "n" in text) for text in smiles],
        "atoms": [float(sum(c.isalpha() for c in text)) for text in smiles],
        "letters": [None if k % 3 else float(len(text)) for k, text in enumerate(smiles)],
    }
    pl.DataFrame(table).write_csv(folder / "labels.csv")
    content = {
        "tasks": TASKS,
        "data": {"source": "table", "annotations": f"{folder}/labels.csv", "smiles": "smiles"},
        "graph": {"convention": "signed-weighted", "embeddings": "random:8:0"},
        "model": {"backbone": {"name": "gin", "hidden": 8, "layers": 2}, "head": "linear", **model},
        "training": {"epochs": 2, "batch_size": 8},
        "select": {"metric": "loss", "mode": "min", "split": "val"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path
