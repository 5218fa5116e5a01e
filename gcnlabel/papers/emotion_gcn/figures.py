"""The figures of the paper, drawn from finished runs of the first seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.figures import (
    SamplePredictions,
    adjacency_figure,
    adjacency_table,
    confusion_figure,
    confusion_table,
    sample_figure,
    sample_table,
    scatter_figure,
    scatter_table,
    similarity_figure,
    similarity_table,
)
from gcnlabel.figures.similarity import LabelVectors
from gcnlabel.figures.style import SMALL
from gcnlabel.metrics import confusion_matrix
from gcnlabel.papers.emotion_gcn.names import NAMES
from gcnlabel.papers.emotion_gcn.plan import COMPARED, Planned, Source, of_supplement, of_system
from gcnlabel.papers.emotion_gcn.runner import finished, run_folder
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.drawing import FigureFolder
from gcnlabel.run.graph import build_graph
from gcnlabel.run.reading import read_predictions
from gcnlabel.run.tasks import run_tasks

SHOWN = 8
"""Number of samples in Fig. 5."""
AGREEING = 0.2
"""Largest Euclidean distance of two predictions of (valence, arousal) in [-1, 1]² that counts as agreement."""

Predictions = dict[str, dict[str, Tensor]]


def draw(name: str, source: Source, output: Path, target: FigureFolder) -> None:
    """Draw one figure of the paper.

    Args:
        name: ``fig1`` (valence and arousal by class, of the validation set), ``fig3`` (adjacency), ``fig4``
            (confusions), ``fig5`` (samples), ``fig6`` (cosine similarity of the label vectors); ``figS1`` and ``figS2``
            (adjacency and similarity with class edges from EMOTIC and p = 0.5).
        source: The training data.
        output: Output folder of the command.
        target: Folder of the figure files.

    Raises:
        InputError: A run is not finished.
    """
    config = (of_supplement() if name == "figS1" else Planned("emotion-gcn", 0)).config(source)
    data = load_data(config)
    figure, table = _drawn(name, config, data, source, output)
    if source.synthetic:
        figure.set_figheight(figure.get_figheight() + 0.2)
        figure.suptitle("synthetic faces (drawn, not photographs)", fontsize=SMALL, color="grey")
    target.save(name, figure, table)


def _drawn(name: str, config: Config, data: RunData, source: Source, output: Path) -> tuple[Figure, pl.DataFrame]:
    if name == "fig1":
        annotations = data.parts[_validation_split(config)].annotations
        values, codes = annotations.targets["affect"], annotations.targets["expression"]
        arguments = (values, codes, data.tasks["expression"].labels, data.tasks["affect"].labels)
        figure, table = scatter_figure(*arguments, title="validation split"), scatter_table(*arguments)
    elif name in ("fig3", "figS1"):
        graph = build_graph(config, data)
        if graph is None:
            raise InputError("the config of emotion-gcn has no graph", expected="model.head.name: graph")
        title = None if name == "fig3" else f"{NAMES['emotion-gcn-emotic']}, p = 0.5"
        figure, table = adjacency_figure(graph, title), adjacency_table(graph)
    elif name in ("fig6", "figS2"):
        vectors = _vectors_of_systems(source, output) if name == "fig6" else _vectors_of_supplement(source, output)
        figure, table = similarity_figure(vectors, data.tasks), similarity_table(vectors, data.tasks)
    elif name == "fig4":
        counts = {
            NAMES[system]: confusion_matrix(p["scores/expression"], p["targets/expression"])
            for system, p in _predictions(source, output).items()
        }
        classes = data.tasks["expression"].labels
        figure, table = confusion_figure(counts, classes), confusion_table(counts, classes)
    else:
        samples = _samples(data, _predictions(source, output))
        figure, table = sample_figure(samples), sample_table(samples)
    return figure, table


def _predictions(source: Source, output: Path) -> Predictions:
    """Return scores, targets and label vectors of each compared system, of all its tasks."""
    predictions: Predictions = {}
    for system in COMPARED:
        merged: dict[str, Tensor] = {}
        for run in of_system(system, 1):
            tensors = _tensors(source, output, run)
            merged |= {f"label_vectors/{run.preset}": tensors.pop("label_vectors"), **tensors}
        predictions[system] = merged
    return predictions


def _tensors(source: Source, output: Path, run: Planned) -> dict[str, Tensor]:
    folder = run_folder(output, source, run)
    if not finished(folder):
        raise InputError(f"the run {folder.path} is not finished", fix="run the same command without --only")
    return read_predictions(folder.predictions, run_tasks(folder))


def _vectors_of_systems(source: Source, output: Path) -> dict[str, LabelVectors]:
    """Return the label vectors of each compared system; those of two single-task networks are kept separate."""
    return {
        NAMES[system]: tuple(t.double().numpy() for key, t in tensors.items() if key.startswith("label_vectors/"))
        for system, tensors in _predictions(source, output).items()
    }


def _vectors_of_supplement(source: Source, output: Path) -> dict[str, LabelVectors]:
    vectors = _tensors(source, output, of_supplement())["label_vectors"].double().numpy()
    return {f"{NAMES['emotion-gcn-emotic']}, p = 0.5": (vectors,)}


def _validation_split(config: Config) -> str:
    """Return the split of a run that is the data set's own validation split, on which the paper reports."""
    return "test" if config.data.splits.test == "val" else "val"


def _samples(data: RunData, predictions: Predictions, count: int = SHOWN) -> SamplePredictions:
    """Return the samples of Fig. 5: those with different predicted classes and the nearest predicted dimensions.

    Raises:
        InputError: No sample has different classes and dimensions within ``AGREEING``.
    """
    systems = ("multi-task-ccc", "emotion-gcn")
    test = data.parts["test"]
    classes = np.stack([predictions[s]["scores/expression"].argmax(1).numpy() for s in systems])
    affect = np.stack([predictions[s]["scores/affect"].numpy() for s in systems])
    targets = predictions[systems[0]]["targets/expression"].numpy()
    truth = test.annotations.targets["affect"]
    usable = (classes[0] != classes[1]) & (targets >= 0) & np.isfinite(truth).all(1)
    rows = agreeing(affect, usable)[:count]
    return SamplePredictions(
        images=np.asarray(test.inputs[rows]),
        classes=data.tasks["expression"].labels,
        true_class=targets[rows],
        true_affect=truth[rows],
        names=tuple(NAMES[s] for s in systems),
        predicted_class=classes[:, rows],
        predicted_affect=affect[:, rows],
        rows=rows,
    )


def agreeing(affect: npt.NDArray[np.floating], usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the indices of the usable samples on whose dimensions two models agree, nearest predictions first.

    Args:
        affect: Dimensions predicted by the two models, [2, N, dimensions].
        usable: Which samples have different predicted classes, and an annotation, [N].

    Raises:
        InputError: There are none.

    Example:
        >>> agreeing(np.array([[[0.0], [0.5], [0.1]], [[0.1], [-0.5], [0.1]]]), np.array([True, True, True])).tolist()
        [2, 0]
    """
    if not usable.any():
        raise InputError("the two models predict the same class for every sample", fix="train with other seeds")
    distance = np.where(usable, np.linalg.norm(affect[0] - affect[1], axis=1), np.inf)
    rows = np.argsort(distance, kind="stable")
    near = rows[distance[rows] <= AGREEING]
    if len(near) == 0:
        raise InputError(
            "no sample has different predicted classes and similar predicted dimensions: "
            f"the smallest distance is {distance.min():.2f}",
            expected=f"at most {AGREEING} in the plane of valence and arousal",
            fix="train longer, or with other seeds",
        )
    return near
