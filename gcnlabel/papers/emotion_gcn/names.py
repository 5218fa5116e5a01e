"""Names of the compared systems in tables and figures."""

from __future__ import annotations

NAMES = {
    "single-task": "Single-task",
    "multi-task-mse": "Multi-task + MSE",
    "multi-task-ccc": "Multi-task + CCC",
    "emotion-gcn": "Emotion-GCN",
    "emotion-gcn-emotic": "Emotion-GCN + EMOTIC class edges",
}
