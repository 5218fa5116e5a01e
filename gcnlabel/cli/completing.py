"""Shell completion of option values from ``resources/completion.json``, because importing the parts takes seconds.

``make table`` writes that file from the settings and the registered parts.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from click.shell_completion import BashComplete, CompletionItem, add_completion_class

if TYPE_CHECKING:
    import click


@add_completion_class
class SplittingBash(BashComplete):
    """Bash completion for ``KEY=VALUE``, which bash splits into three words and of which it replaces only the last."""

    name = "bash"

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the incomplete one, and the incomplete one, with ``KEY=VALUE`` joined to one word."""
        given, incomplete = super().get_completion_args()
        words: list[str] = []
        for word in [*given, incomplete]:
            if words and (word == "=" or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        self.split = len(words) <= len(given)
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return a completion for bash: only the part after ``=`` if bash splits the word there."""
        value = str(item.value).rpartition("=")[2] if self.split and item.value[-1:] != "=" else item.value
        return f"{item.type},{value}"


@cache
def known() -> dict[str, Any]:
    """Return the completion data: ``names`` (kind -> names of parts) and ``keys`` (config key -> values)."""
    file = resources.files("gcnlabel") / "resources" / "completion.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def presets_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the presets that start with ``incomplete``, and let the shell add files."""
    presets = sorted(entry.name for entry in (resources.files("gcnlabel") / "presets").iterdir())
    names = [name.removesuffix(".yaml") for name in presets if name.endswith(".yaml")]
    return [*_beginning(names, incomplete), CompletionItem(incomplete, type="file")]


def conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the conventions that start with ``incomplete``."""
    return _beginning(known()["names"]["convention"], incomplete)


def statistics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the statistics that start with ``incomplete``, also after ``TASK:TASK=``."""
    tasks, equals, _ = incomplete.rpartition("=")
    return _beginning([f"{tasks}{equals}{each}" for each in known()["names"]["statistic"]], incomplete)


def embeddings_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the embeddings that start with ``incomplete``, and let the shell add files."""
    names = [name for name in known()["names"]["embeddings"] if name != "file"]
    return [*_beginning(names, incomplete), CompletionItem(incomplete, type="file")]


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the config keys that start with ``incomplete``; after ``KEY=``, the values of the key."""
    key, equals, _ = incomplete.partition("=")
    values = known()["keys"].get(key, []) if equals else []
    return _beginning(
        [f"{key}={value}" for value in values] if equals else [f"{k}=" for k in known()["keys"]], incomplete
    )


def _beginning(names: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
