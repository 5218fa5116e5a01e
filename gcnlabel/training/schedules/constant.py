"""A learning rate that does not change."""

from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("constant")
class Constant(Schedule):
    """1."""

    def __init__(self, epochs: float) -> None:
        pass

    def __call__(self, epochs: float) -> float:
        """Return 1."""
        return 1.0
