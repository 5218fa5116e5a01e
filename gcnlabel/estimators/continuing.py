"""State of an estimator that the next fit continues with ``warm_start``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import TaskSet

if TYPE_CHECKING:
    from gcnlabel.config import Config
    from gcnlabel.estimators.fitting import Trained
    from gcnlabel.graph import LabelGraph

Fit = TypeVar("Fit", bound=Callable[..., Any])


def all_or_nothing(fit: Fit) -> Fit:
    """Decorate ``fit`` to restore the estimator if it raises, so that its model and labels stay consistent."""

    @functools.wraps(fit)
    def fitted(self: Any, *given: Any, **options: Any) -> Any:
        before = dict(vars(self))
        try:
            return fit(self, *given, **options)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    return cast(Fit, fitted)


@dataclass(frozen=True, eq=False)
class Kept:
    """State of a fit for the next one.

    Attributes:
        asked: The config before its head was resolved.
        given: The user's graph, or None.
        tasks: The predicted tasks.
        trained: The result of training.
    """

    asked: Config
    given: LabelGraph | None
    tasks: TaskSet
    trained: Trained

    def check_same(self, config: Config, given: LabelGraph | None, tasks: TaskSet) -> None:
        """Check that a new fit can continue from this state.

        Raises:
            InputError: Labels, head, graph or scaling differ.
        """
        if tuple(tasks) != tuple(self.tasks):
            raise InputError(
                f"warm_start: targets of {shorten(tasks.labels)}",
                expected=f"those of the previous fit: {shorten(self.tasks.labels)}",
                fix="samples of every label in each fit; or warm_start=False",
            )
        pairs = {name: (getattr(config, name), getattr(self.asked, name)) for name in ("model", "graph", "standardize")}
        changed: list[Any] = [name for name, (now, before) in pairs.items() if now != before]
        if changed or given is not self.given:
            what = shorten(changed or ["graph"])
            raise InputError(f"warm_start: {what} changed since the previous fit", fix="clone(estimator), or undo it")
