"""Co-occurrence of expressions, from EMOTIC's categories (Emotion-GCN, Section IV-E)."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.annotations.counted_rows import used_rows
from gcnlabel.errors import note
from gcnlabel.faces import emotic_to_expressions, read_emotic
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.graph.lenders import LENDERS


@LENDERS.register("emotic")
def emotic(labels: Sequence[str], *, path: str) -> LabelGraph:
    """Return the conditional probabilities of expressions in EMOTIC's training split.

    Args:
        labels: Expressions that the categories are mapped to.
        path: Folder of EMOTIC.

    Raises:
        InputError: The folder is not EMOTIC, or has no usable person.
    """
    persons = read_emotic(path)
    note(f"emotic:{path}: {(used_rows(persons.annotations) + persons.rows).of_splits(['train']).line()}")
    expressions = emotic_to_expressions(persons, classes=labels).of_split("train")
    graph = GraphRecipe(statistic="conditional").measure(expressions)
    graph.history = {**graph.history, "source": "EMOTIC"}
    return graph
