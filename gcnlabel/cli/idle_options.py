"""Raise an error for options that have no effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from gcnlabel.errors import InputError
from gcnlabel.pickles import is_array_file

OF_TABLES = ("split_column", "missing", "delimiter", "names", "decimal", "quotes", "long", "workers", "scheduler")
"""Options for reading tables."""
OF_ANNOTATIONS = ("split_column", "split", "missing", "names", "long", "workers", "scheduler")
"""Options that apply only to annotations; delimiter and decimal mark also apply to matrices."""


def is_given(name: str) -> bool:
    """Return whether the user gave a parameter of the running command."""
    source = click.get_current_context().get_parameter_source(name)
    return source not in (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP, None)


def refuse_idle(names: Iterable[str], because: str) -> None:
    """Raise an error if options of the running command were given that have no effect.

    Args:
        names: Names of its parameters without effect.
        because: The reason, to complete "has no effect ...".

    Raises:
        InputError: One of them was given.
    """
    flags = {parameter.name: parameter.opts[0] for parameter in click.get_current_context().command.params}
    for name in names:
        if is_given(name):
            raise InputError(f"{flags[name]} has no effect {because}", fix="omit it")


def refuse_idle_of_graph(options: Mapping[str, Any]) -> None:
    """Raise an error if options of ``build-graph`` were given that have no effect with the others."""
    if not options["annotations"]:
        refuse_idle(OF_ANNOTATIONS, "without --annotations")
    for kind in ("from_matrix", "from_counts"):
        if options[kind] and is_array_file(options[kind]):
            refuse_idle(("delimiter", "decimal", "quotes"), f"with {options[kind]}, an array file")
    if options["scheduler"] is not None:
        refuse_idle(["workers"], "with --scheduler")
    else:
        refuse_idle(["timeout"], "without --scheduler")
    if options["embeddings"] is None:
        refuse_idle(["missing_words"], "without --embeddings")
