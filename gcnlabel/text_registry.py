"""Registries whose parts are given as one text, ``NAME:OPTION``, or as a file."""

from __future__ import annotations

import re
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.registry import Registry

FILE = "file"
"""Part for texts that are no name; its first option is the path."""
CODE = re.compile(r"[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*(\.\w+)*")


class TextRegistry(Registry):
    """A registry whose parts may be given as one text: ``NAME:OPTION:OPTION`` in their order, or the path of a file.

    Example:
        >>> VECTORS = TextRegistry("vectors", "gcnlabel.registry")
        >>> @VECTORS.register("zeros")
        ... def zeros(labels, *, size: int, sign: int = 1):
        ...     return [[0] * size] * len(labels)
        >>> VECTORS.make("zeros:3", ["cat"]), VECTORS.parse("zeros:3:-1").sign
        ([[0, 0, 0]], -1)
    """

    def parse(self, value: Any) -> Any:
        """Return the checked settings of a part, from a text or a mapping of name and options."""
        return super().parse(self._written_out(value) if isinstance(value, str) else value)

    def _written_out(self, text: str) -> Any:
        name, colon, _ = text.partition(":")
        if name in self.names():
            options = [key for key in self.settings(name).model_fields if key != self.key]
            if colon and not options:
                raise InputError(f"{self.kind} {text!r}", expected=f"{name!r} alone: it has no options")
            return {self.key: name, **dict(zip(options, text.split(":", len(options))[1:], strict=False))}
        return text if CODE.fullmatch(text) else {self.key: FILE, "path": text}
