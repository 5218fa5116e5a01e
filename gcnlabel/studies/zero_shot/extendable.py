"""Whether the model of a config can be extended by a label that it was not trained on."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.config.head import GENERATED
from gcnlabel.errors import InputError
from gcnlabel.nn.convolutions import UNWEIGHTED
from gcnlabel.run.default_head import generated_settings, signed_settings, with_head


def with_generator(config: Config) -> Config:
    """Return a config with the generator of ``default`` as its head, over the signed, weighted graph.

    One-hot embeddings say nothing of a label that was not trained, and a high threshold leaves it without neighbours:
    they give way to those that the config names, and to the convention's.
    """
    graph = signed_settings(config.graph, config.graph.embeddings or "one-hot")
    return with_head(config, generated_settings(), graph.model_copy(update={"tau": None, "p": None}))


def default_note(config: Config) -> str:
    """Return what is to be said of the head that stands for ``default``: it is not that of ``gcnlabel train``."""
    return (
        f"the head 'default' stands here for {config.model.head.name} over the graph {config.graph.convention} with "
        f"{config.graph.embeddings} embeddings, without free vectors: one-hot embeddings, free vectors and a high "
        "threshold, which train's default has, say nothing of a label that was not trained"
    )


def check_head(config: Config) -> None:
    """Check that a config's head can be extended by a label.

    Raises:
        InputError: It has no graph, or one from a file.
    """
    if not config.model.head.generated:
        raise InputError(
            f"head {config.model.head.name!r} cannot score labels that it was not trained on",
            expected=" | ".join(GENERATED),
            fix="--set model.head.name=graph-cosine",
        )
    if config.graph.file is not None:
        raise InputError("graph.file: its statistics cannot be measured without a label", fix="leave graph.file out")
    if config.graph.embeddings == "one-hot":
        raise InputError(
            "graph.embeddings: one-hot says nothing of a label that was not trained",
            expected="emotion-words, random:SIZE:SEED or a file of word vectors",
            fix="--set graph.embeddings=emotion-words",
        )
    if config.model.head.conv in UNWEIGHTED:
        raise InputError(
            f"model.head.conv: {config.model.head.conv} sees edges of weight 0 as edges",
            expected="layers that multiply by weights: models with other edges are trained side by side here",
            fix="--set model.head.conv=gcn",
        )


def check_task(config: Config, task: str) -> None:
    """Check that the head of a task generates its vectors.

    Raises:
        InputError: They are free.
    """
    name = config.model.head.of(task)
    if name not in GENERATED:
        raise InputError(
            f"head {name!r} of task {task!r} cannot score labels that it was not trained on",
            expected=" | ".join(GENERATED),
            fix=f"--set model.head.tasks.{task}=graph-cosine",
        )
