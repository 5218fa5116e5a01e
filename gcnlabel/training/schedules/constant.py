"""A constant learning rate."""

from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("constant")
class Constant(Schedule):
    """The constant factor 1."""

    def __init__(self, epochs: float) -> None:
        pass

    def __call__(self, epochs: float) -> float:
        """Return 1."""
        return 1.0
