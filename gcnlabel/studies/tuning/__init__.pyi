from gcnlabel.studies.tuning.running import tune
from gcnlabel.studies.tuning.space import Choices, Range, Space, default_space, read_space

__all__ = ["Choices", "Range", "Space", "default_space", "read_space", "tune"]
