"""Results reported by the paper (Antoniadis, Filntisis, Maragos, FG 2021), printed next to a user's own results.

Accuracies and scores are in percent; concordance correlation coefficients (CCC) are in [-1, 1].
"""

from __future__ import annotations

AFFECTNET: dict[str, dict[str, float]] = {  # Table I
    "single-task": {"accuracy": 64.37, "ccc_v": 0.761, "ccc_a": 0.628},
    "multi-task-mse": {"accuracy": 64.80, "ccc_v": 0.752, "ccc_a": 0.572},
    "multi-task-ccc": {"accuracy": 65.69, "ccc_v": 0.768, "ccc_a": 0.651},
    "emotion-gcn": {"accuracy": 66.46, "ccc_v": 0.767, "ccc_a": 0.649},
    "emotion-gcn-emotic": {"accuracy": 66.23},  # Section IV-E
}
AFF_WILD2: dict[str, dict[str, float]] = {  # Table III
    "single-task": {"score": 45.06, "ccc_v": 0.416, "ccc_a": 0.501},
    "multi-task-mse": {"score": 43.10, "ccc_v": 0.435, "ccc_a": 0.378},
    "multi-task-ccc": {"score": 43.33, "ccc_v": 0.408, "ccc_a": 0.481},
    "emotion-gcn": {"score": 48.92, "ccc_v": 0.457, "ccc_a": 0.514},
}
BREG_NEXT: dict[str, dict[str, float]] = {  # accuracy on AffectNet-7
    "single-task": {"accuracy": 60.49},
    "multi-task-ccc": {"accuracy": 61.14},
    "emotion-gcn": {"accuracy": 61.94},
}
TAUS = (0.0, 0.05, 0.1, 0.15)
PS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
TAU_GRID: dict[int, tuple[float, ...]] = {  # Table II: layers -> accuracy at each tau, p = 0.7
    1: (53.09, 43.85, 53.71, 54.94),
    2: (65.29, 65.31, 66.46, 65.69),
    3: (65.77, 64.94, 64.74, 65.74),
}
P_GRID: dict[int, tuple[float, ...]] = {  # Table II: layers -> accuracy at each p, tau = 0.1
    1: (49.6, 50.94, 52.57, 52.66, 52.86, 53.71, 59.31),
    2: (65.71, 66.14, 65.29, 66.29, 66.09, 66.46, 65.06),
    3: (65.29, 65.54, 65.89, 66.09, 65.54, 64.74, 65.83),
}
LITERATURE: dict[str, float] = {  # Table IV, AffectNet-7, as that table lists them
    "IPA2LT": 57.31,
    "gACNN": 58.78,
    "Facial Motion Prior": 61.52,
    "CAKE": 61.7,
    "OADN": 61.89,
    "CNNs + BOVW": 63.31,
    "Siamese": 64.0,
    "Emotion-GCN": 66.46,
}
LATER: dict[str, float] = {  # AffectNet-7, published after the paper, as their own authors report
    "DAN": 65.69,
    "POSTER++": 67.49,
}
SOURCES = {
    "IPA2LT": "Zeng et al., ECCV 2018",
    "gACNN": "Li et al., TIP 2019",
    "Facial Motion Prior": "Chen et al., VCIP 2019",
    "CAKE": "Kervadec et al., BMVC workshop 2018",
    "OADN": "Ding et al., IJCB 2020",
    "CNNs + BOVW": "Georgescu et al., Access 2019",
    "Siamese": "Hayale et al., FG 2019",
    "Emotion-GCN": "Antoniadis et al., FG 2021",
    "DAN": "Wen et al., 2021",
    "POSTER++": "Mao et al., 2023",
}
"""Method -> the paper that introduced it."""
