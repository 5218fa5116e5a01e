"""Annotations and inputs of the same samples, as a data source returns them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.counted_rows import unannotated_rows, used_rows
from gcnlabel.annotations.number_codes import coded_rows
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.data.graph_lists import graphs_from_list
from gcnlabel.data.on_demand import OnDemand
from gcnlabel.errors import InputError

if TYPE_CHECKING:
    from gcnlabel.graph import LabelGraph


@dataclass(frozen=True)
class SampleSet:
    """Annotations and inputs of the same N samples.

    Attributes:
        annotations: Targets of N samples.
        inputs: Features [N, D], images uint8 [N, C, H, W], or :class:`~gcnlabel.data.Graphs`; a list of
            :class:`torch_geometric.data.Data` is converted to the latter.
        measured: Cache of the raw graphs of the annotations.

    Raises:
        InputError: Inputs and annotations have different numbers of rows.
    """

    annotations: Annotations
    inputs: Any
    measured: dict[str, LabelGraph] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Convert a list of graphs, and check the numbers of rows."""
        if isinstance(self.inputs, list):
            object.__setattr__(self, "inputs", graphs_from_list(self.inputs))
        if len(self.inputs) != len(self.annotations):
            raise InputError(
                f"{len(self.inputs)} rows of inputs", expected=f"{len(self.annotations)}, one per row of annotations"
            )

    def select(self, rows: Any) -> SampleSet:
        """Return the selected samples; inputs that are loaded on demand, such as images on disk, are not loaded."""
        inputs = self.inputs.select(rows) if isinstance(self.inputs, OnDemand) else self.inputs[rows]
        return SampleSet(self.annotations.select(rows), inputs)

    def report(self, others: RowReport | None = None) -> RowReport:
        """Return the report on all rows: these samples as used, plus ``others``, the dropped rows."""
        own = unannotated_rows(self.annotations) + coded_rows(self.annotations)
        return used_rows(self.annotations) + (others or RowReport()) + own
