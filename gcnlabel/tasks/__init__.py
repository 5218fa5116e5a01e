"""Types of tasks, and the task set, which gives every label its index."""

from gcnlabel.lazy import lazy

lazy(__name__)
