"""Check whether the model of a config can be extended by new labels."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import BACKBONES, CONVOLUTIONS
from gcnlabel.run.default_head import ENSEMBLE, generated_settings, signed_settings, with_head

GENERATED = "a head that generates its vectors, e.g. graph, residual of graph or cosine of graph"
REPLACED = ("default", ENSEMBLE)
"""Ensembles, which :func:`with_generator` replaces."""


def with_generator(config: Config) -> Config:
    """Return a config whose head is the generator of ``default``, over the signed, weighted graph.

    A run's ``ensemble``, to which ``default`` was resolved, is replaced too, with the backbone of its base models.
    One-hot embeddings contain no information about a new label, and a high threshold may leave it without neighbours:
    the config's embeddings and the convention's threshold are used instead.
    """
    graph = signed_settings(config.graph, config.graph.embeddings or "one-hot")
    own = next((part.options["backbone"] for part in config.model.head.all() if part.name == "own-backbone"), None)
    config = with_head(config, generated_settings(), graph.changed(tau=None, p=None))
    model = {} if own is None else {"backbone": BACKBONES.parse(own)}
    return config.model_copy(update={"model": config.model.model_copy(update=model)})


def default_note(config: Config, given: str) -> str:
    """Return a note on the head that replaces the given one."""
    return (
        f"the head {given!r} is replaced by {config.model.head.title} over the graph {config.graph.convention} with "
        f"{config.graph.embeddings} embeddings, without free vectors: the default of train uses one-hot embeddings, "
        "free vectors and a high threshold, which contain no information about new labels"
    )


def check_head(config: Config) -> None:
    """Check that a config's head can be extended by a label.

    Raises:
        InputError: It has no graph, a graph from a file, one-hot embeddings, or layers that ignore edge weights.
    """
    if not config.model.head.generated:
        raise InputError(
            f"head {config.model.head.title!r} cannot score labels that it was not trained on",
            expected=GENERATED,
            fix="--set 'model.head={name: cosine, of: graph}'",
        )
    if config.graph.file is not None:
        raise InputError("graph.file: its statistics cannot be measured without a label", fix="leave graph.file out")
    if str(config.graph.embeddings) == "one-hot":
        raise InputError(
            "graph.embeddings: one-hot contains no information about new labels",
            expected="emotion-words, random:SIZE:SEED or a file of word vectors",
            fix="--set graph.embeddings=emotion-words",
        )
    layers = {part.options["conv"].name for part in config.model.head.all() if "conv" in part.options}
    for conv in layers:
        if getattr(CONVOLUTIONS.resolve(conv), "unweighted", False):
            raise InputError(
                f"layers {conv} of the head treat edges of weight 0 as edges",
                expected="layers that multiply by edge weights, as models with different edges are trained together",
                fix="conv: gcn",
            )


def check_task(config: Config, task: str) -> None:
    """Check that the head of a task generates its vectors.

    Raises:
        InputError: Its vectors are free.
    """
    head = config.model.head.of_task(task)
    if not head.generated:
        raise InputError(
            f"head {head.title!r} of task {task!r} cannot score labels that it was not trained on", expected=GENERATED
        )
