"""What a shell completes behind an option, from ``resources/completion.json``: importing the parts would take seconds.

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
    """Bash takes ``KEY=VALUE`` for three words, and replaces the last of them alone."""

    name = "bash"

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the last one, and the last one, with ``=`` and what stands around it as one."""
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
        """Return a completion as bash is given it: behind the sign where it has split there."""
        value = str(item.value).rpartition("=")[2] if self.split and item.value[-1:] != "=" else item.value
        return f"{item.type},{value}"


@cache
def known() -> dict[str, Any]:
    """Return ``names``, kind -> names of its parts, and ``keys``, key of a config -> values that it names."""
    file = resources.files("gcnlabel") / "resources" / "completion.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def presets_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the presets that begin so; and let the shell add files."""
    presets = sorted(entry.name for entry in (resources.files("gcnlabel") / "presets").iterdir())
    names = [name.removesuffix(".yaml") for name in presets if name.endswith(".yaml")]
    return [*_beginning(names, incomplete), CompletionItem(incomplete, type="file")]


def conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the conventions that begin so."""
    return _beginning(known()["names"]["convention"], incomplete)


def statistics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the statistics that begin so, also behind a pair of tasks, ``TASK:TASK=``."""
    tasks, equals, _ = incomplete.rpartition("=")
    return _beginning([f"{tasks}{equals}{each}" for each in known()["names"]["statistic"]], incomplete)


def embeddings_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the embeddings that begin so; and let the shell add files."""
    names = [name for name in known()["names"]["embeddings"] if name != "file"]
    return [*_beginning(names, incomplete), CompletionItem(incomplete, type="file")]


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return keys of a config that begin so, ``optimizer.lr=``; behind the sign, the values that the key names."""
    key, equals, _ = incomplete.partition("=")
    values = known()["keys"].get(key, []) if equals else []
    return _beginning(
        [f"{key}={value}" for value in values] if equals else [f"{k}=" for k in known()["keys"]], incomplete
    )


def _beginning(names: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
