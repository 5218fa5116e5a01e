"""Registry of Lightning's loggers."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

from gcnlabel.errors import InputError
from gcnlabel.registry import Part, Registry

LOGGERS = Registry("logger", "gcnlabel.training.loggers", makes="lightning.pytorch.loggers:Logger")
"""Functions ``(folder of logs in the run folder, *, options) -> Logger``, by name.

A logger is registered with the ``package`` that it requires, which is also the name of its extra.
"""


def check_loggers(parts: Iterable[Part]) -> None:
    """Check that the packages of loggers are installed.

    Raises:
        InputError: A package is missing.
    """
    for part in parts:
        package = getattr(LOGGERS.resolve(part.name), "package", None)
        if package is not None and importlib.util.find_spec(package) is None:
            raise InputError(f"the logger {part.name!r} needs {package}", fix=f"pip install 'gcnlabel[{package}]'")
