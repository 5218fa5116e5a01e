"""What is predicted: tasks, their labels, and the only place where label indices exist."""

from gcnlabel.lazy import lazy

lazy(__name__)
