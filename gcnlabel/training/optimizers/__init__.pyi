from gcnlabel.training.optimizers.optimizer import OPTIMIZERS as OPTIMIZERS
from gcnlabel.training.optimizers.optimizer import OptimizerPart as OptimizerPart
from gcnlabel.training.optimizers.optimizer import Side as Side
from gcnlabel.training.optimizers.optimizer import make_optimizer as make_optimizer
