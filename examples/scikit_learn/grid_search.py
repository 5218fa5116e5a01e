"""Search over heads and label graphs with scikit-learn, for a class, tags and a dimension at once.

    pip install 'gcnlabel[sklearn,pandas]'
    python examples/scikit_learn/grid_search.py

Prints, for each head and threshold of its graph, the score over three folds (mean of macro-F1, LRAP and CCC, the tasks'
metrics), then what the best one reaches on held-out samples, from which others its labels take features, and its first
predictions. The data are drawn at random: a mood, tags that go with it, and a pleasantness that only every twentieth
sample has.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gcnlabel.estimators import LabelGraphEstimator
from gcnlabel.inspection import inspect_labels
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("mood", ["calm", "glad", "upset"]),
        MultiLabel("tags", ["smile", "tears"]),
        Dimensional("affect", ["pleasantness"], range=(-1, 1)),
    ]
)


def draw(n: int = 480) -> tuple[np.ndarray, pd.DataFrame]:
    """Return features [N, 12], and a frame with a column for the class, a column a tag and one a dimension."""
    rng = np.random.default_rng(0)
    mood = rng.integers(0, 3, n)
    pleasant = np.clip(np.array([0.1, 0.7, -0.7])[mood] + 0.2 * rng.normal(size=n), -1, 1)
    targets = pd.DataFrame(
        {
            "mood": np.array(["calm", "glad", "upset"])[mood],
            "smile": (rng.uniform(size=n) < np.array([0.2, 0.9, 0.05])[mood]).astype(int),
            "tears": (rng.uniform(size=n) < np.array([0.02, 0.1, 0.6])[mood]).astype(int),
            "pleasantness": np.where(np.arange(n) % 20 == 0, pleasant, np.nan),
        }
    )
    signal = np.column_stack([np.eye(3)[mood], pleasant])
    return signal @ rng.normal(size=(4, 12)) + 1.5 * rng.normal(size=(n, 12)), targets


def main() -> None:
    """Draw, search, tell."""
    X, y = draw()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
    estimator = LabelGraphEstimator(TASKS, hidden_layer_sizes=(64,), max_iter=20, random_state=0)
    grid = [
        {"labelgraphestimator__head": ["linear", "cosine"]},
        {"labelgraphestimator__head": ["graph"], "labelgraphestimator__tau": [0.1, 0.4]},
    ]
    search = GridSearchCV(make_pipeline(StandardScaler(), estimator), grid, cv=3).fit(X_train, y_train)
    results = search.cv_results_
    for parameters, score in zip(results["params"], results["mean_test_score"], strict=True):
        named = {name.partition("__")[2]: value for name, value in parameters.items()}
        print(f"head {named['head']:12s} tau {named.get('tau', '-')!s:4s} score {score:.3f}")
    print(f"best on held-out samples: {search.score(X_test, y_test):.3f}")
    graph = search.best_estimator_[-1].graph_
    for row in [] if graph is None else inspect_labels(graph):
        sources = ", ".join(f"{name} {weight:+.2f}" for name, weight in row.in_neighbours)
        print(f"{row.label:13s} takes from", sources or "itself alone")
    print(search.predict(X_test)[:4].round(2).to_string(index=False))


if __name__ == "__main__":
    main()
