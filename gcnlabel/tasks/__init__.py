"""What is predicted: tasks, their labels, and the only place where label indices exist."""

from gcnlabel.tasks.columns import Columns
from gcnlabel.tasks.parsing import TASK_TYPES
from gcnlabel.tasks.task import Categorical, Dimensional, MultiLabel, Task
from gcnlabel.tasks.task_set import TaskSet

__all__ = ["TASK_TYPES", "Categorical", "Columns", "Dimensional", "MultiLabel", "Task", "TaskSet"]
