from gcnlabel.training.loggers.logger import LOGGERS as LOGGERS
from gcnlabel.training.loggers.logger import check_loggers as check_loggers
