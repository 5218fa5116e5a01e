from gcnlabel.tasks.categorical import MISSING_CLASS, Categorical
from gcnlabel.tasks.columns import Columns
from gcnlabel.tasks.dimensional import Dimensional
from gcnlabel.tasks.multi_label import MultiLabel
from gcnlabel.tasks.parsing import TASK_TYPES
from gcnlabel.tasks.task import Task
from gcnlabel.tasks.task_set import TaskSet

__all__ = ["MISSING_CLASS", "TASK_TYPES", "Categorical", "Columns", "Dimensional", "MultiLabel", "Task", "TaskSet"]
