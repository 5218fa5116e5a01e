"""What a raw graph was measured from, so that a convention can measure its own statistic instead.

A raw graph of :func:`gcnlabel.recipe.measured_graph` whose statistic nobody named holds that of one convention. Where
another convention finishes it, the annotations are measured anew; they are remembered here, as long as the graph lives,
and not in the graph, whose copies and subgraphs are other graphs.
"""

from __future__ import annotations

import weakref

from gcnlabel.annotations import Annotations
from gcnlabel.graph.label_graph import LabelGraph

State = tuple[tuple[int, int], ...]
_KNOWN: dict[int, tuple[State, Annotations]] = {}


def remember(raw: LabelGraph, annotations: Annotations) -> None:
    """Keep what a raw graph was measured from."""
    _KNOWN[id(raw)] = (_state(raw), annotations)
    weakref.finalize(raw, _KNOWN.pop, id(raw), None)


def measured_from(raw: LabelGraph) -> Annotations | None:
    """Return what a raw graph was measured from; None where that is not known, or its edges were changed since."""
    state, annotations = _KNOWN.get(id(raw), ((), None))
    return annotations if state == _state(raw) else None


def _state(raw: LabelGraph) -> State:
    return tuple((tensor.data_ptr(), tensor._version) for tensor in (raw.edge_index, raw.edge_weight))
