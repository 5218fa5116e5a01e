from gcnlabel.training.schedules.schedule import SCHEDULES as SCHEDULES
from gcnlabel.training.schedules.schedule import Schedule as Schedule
from gcnlabel.training.schedules.stepping import step_on_metric as step_on_metric
from gcnlabel.training.schedules.stepping import stepped as stepped
