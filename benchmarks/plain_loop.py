"""A hand-written PyTorch loop: what the linear head of an estimator is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.length import epochs_for
from gcnlabel.tasks import MultiLabel, TaskSet

BATCH, RATE, DECAY, WIDTH, DROPOUT = 64, 0.003, 0.05, 256, 0.5


class PlainLoop:
    """A multi-layer perceptron of tags, with the sizes, batches, epochs and optimizer of the estimators.

    It neither checks, nor measures after each epoch, nor keeps the best one.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Train on features [N, D] and tags [N, L]."""
        torch.manual_seed(self.seed)
        inputs, targets = torch.from_numpy(x).float(), torch.from_numpy(y).float()
        tasks = TaskSet([MultiLabel("tags", tuple(map(str, range(y.shape[1]))))])
        epochs = epochs_for(Annotations(tasks, {"tags": y.astype(float)}), np.ones(len(y)))
        layers = [nn.Linear(x.shape[1], WIDTH), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(WIDTH, y.shape[1])]
        self.model, loss = nn.Sequential(*layers), nn.BCEWithLogitsLoss()
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=RATE, weight_decay=DECAY, fused=True)
        steps = epochs * -(-len(x) // BATCH)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(BATCH):
                optimizer.zero_grad()
                loss(self.model(inputs[rows]), targets[rows]).backward()
                optimizer.step()
                schedule.step()

    @torch.no_grad()
    def predict_proba(self, x: np.ndarray) -> Any:
        """Return the probability of each tag [N, L]."""
        return torch.sigmoid(self.model.eval()(torch.from_numpy(x).float())).numpy()
