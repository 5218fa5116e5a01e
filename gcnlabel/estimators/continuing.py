"""What an estimator keeps of a fit, so that with ``warm_start`` the next one goes on from it."""

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
    """Let a fit that fails leave the estimator as it was, so that its model and its labels still belong together."""

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
    """What a fit leaves for the next.

    Attributes:
        asked: The config, before its head was resolved.
        given: The ready graph that was an argument, or None.
        tasks: What is predicted.
        trained: What was trained.
    """

    asked: Config
    given: LabelGraph | None
    tasks: TaskSet
    trained: Trained

    def check_same(self, config: Config, given: LabelGraph | None, tasks: TaskSet) -> None:
        """Check that what is to be trained now can go on from it.

        Raises:
            InputError: Labels, head, graph or scaling are others.
        """
        if tuple(tasks) != tuple(self.tasks):
            raise InputError(
                f"warm_start: targets of {shorten(tasks.labels)}",
                expected=f"those of the fit before: {shorten(self.tasks.labels)}",
                fix="samples of every label in each fit; or warm_start=False",
            )
        pairs = {name: (getattr(config, name), getattr(self.asked, name)) for name in ("model", "graph", "standardize")}
        changed: list[Any] = [name for name, (now, before) in pairs.items() if now != before]
        if changed or given is not self.given:
            what = shorten(changed or ["graph"])
            raise InputError(f"warm_start: {what} changed since the fit before", fix="clone(estimator), or as it was")
