from gcnlabel.run.evaluation import evaluate
from gcnlabel.run.fitting import resume, train
from gcnlabel.run.folder import RunFolder

__all__ = ["RunFolder", "evaluate", "resume", "train"]
