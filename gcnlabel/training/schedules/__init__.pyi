from gcnlabel.training.schedules.on_plateau import OnPlateau as OnPlateau
from gcnlabel.training.schedules.schedule import SCHEDULES as SCHEDULES
from gcnlabel.training.schedules.schedule import Schedule as Schedule
