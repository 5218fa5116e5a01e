"""Options of a command that would have no effect are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from gcnlabel.errors import InputError
from gcnlabel.pickles import is_array_file

OF_TABLES = ("split_column", "missing", "delimiter", "names", "decimal", "quotes", "long", "workers", "scheduler")
"""Options that say how tables are read."""
OF_ANNOTATIONS = ("split_column", "split", "missing", "names", "long", "workers", "scheduler")
"""Options that say what of annotations is measured; delimiter and decimal mark hold for matrices too."""


def is_given(name: str) -> bool:
    """Return whether the running command was given a parameter."""
    source = click.get_current_context().get_parameter_source(name)
    return source not in (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP, None)


def refuse_idle(names: Iterable[str], because: str) -> None:
    """Refuse options of the running command.

    Args:
        names: Names of its parameters that have no effect.
        because: Why not.

    Raises:
        InputError: One of them was given.
    """
    flags = {parameter.name: parameter.opts[0] for parameter in click.get_current_context().command.params}
    for name in names:
        if is_given(name):
            raise InputError(f"{flags[name]} has no effect {because}", fix="leave it out")


def refuse_idle_of_graph(options: Mapping[str, Any]) -> None:
    """Refuse options of ``build-graph`` that have no effect beside its others."""
    if not options["annotations"]:
        refuse_idle(OF_ANNOTATIONS, "without --annotations")
    for kind in ("from_matrix", "from_counts"):
        if options[kind] and is_array_file(options[kind]):
            refuse_idle(("delimiter", "decimal", "quotes"), f"beside {options[kind]}, a file of arrays")
    if options["scheduler"] is not None:
        refuse_idle(["workers"], "beside --scheduler")
    else:
        refuse_idle(["timeout"], "without --scheduler")
    if options["embeddings"] is None:
        refuse_idle(["missing_words"], "without --embeddings")
