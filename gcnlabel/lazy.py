"""Packages that import their names on first use."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


class LazyPackage(ModuleType):
    """A package that imports its names lazily, from the modules in its stub ``__init__.pyi``.

    Type checkers read the same stub (Scientific Python, SPEC 1).
    """

    def __getattr__(self, name: str) -> Any:
        """Import a name."""
        origin = vars(self).get("_origins", {}).get(name)
        if origin is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        vars(self)[name] = value = getattr(importlib.import_module(origin), name)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a name, except a name of the stub to a module of the same name, which an import would set."""
        if name not in self._origins or not isinstance(value, ModuleType):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Return all names."""
        return sorted({*super().__dir__(), *self._origins})


def lazy(package: str) -> None:
    """Make a package, whose ``__init__.py`` calls this with its ``__name__``, a :class:`LazyPackage`."""
    module = sys.modules[package]
    stub = ast.parse(Path(str(module.__file__)).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    names = {alias.name: node.module for node in imports for alias in node.names}
    vars(module).update(_origins=names, __all__=sorted(names))
    module.__class__ = LazyPackage
