"""Search spaces: keys of a config and their candidate values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gcnlabel.config import Config, dump_config, parse_config
from gcnlabel.config.merging import with_changes
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file, parse_yaml
from gcnlabel.nn import HEADS as HEAD_PARTS
from gcnlabel.transforms.conventions import DEFAULT_CONVENTION

FORM = "{low: NUMBER, high: NUMBER, log: true|false} or {choices: [VALUE, ...]}"
HEADS: tuple[Any, ...] = ("linear", "cosine", "graph", {"name": "cosine", "of": "graph"})
"""Heads of the default space, in addition to the config's head."""
CONVENTIONS = (DEFAULT_CONVENTION, "signed-weighted", "unsigned", "unsigned-weighted")


@dataclass(frozen=True)
class Range:
    """A range of numbers, including its bounds.

    Attributes:
        low: Lower bound.
        high: Upper bound.
        log: Whether values are sampled uniformly in log space.
        whole: Whether values are integers.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def suggest(self, trial: Any, key: str) -> str:
        """Return the number that Optuna suggests for a trial, with three digits, as YAML."""
        if self.whole:
            return text_of(trial.suggest_int(key, self.low, self.high, log=self.log))
        drawn = float(f"{trial.suggest_float(key, self.low, self.high, log=self.log):.3g}")
        return text_of(min(max(drawn, float(self.low)), float(self.high)))

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return False

    @property
    def examples(self) -> list[str]:
        """Values to check against the config, as YAML."""
        return [text_of(self.low), text_of(self.high)]


@dataclass(frozen=True)
class Choices:
    """A list of candidate values.

    Attributes:
        values: The values, as YAML.
    """

    values: tuple[str, ...]

    def suggest(self, trial: Any, key: str) -> str:
        """Return the value that Optuna suggests for a trial, as YAML."""
        chosen: str = trial.suggest_categorical(key, self.values)
        return chosen

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return len(self.values) == 1

    @property
    def examples(self) -> list[str]:
        """The values."""
        return list(self.values)


Space = Mapping[str, Range | Choices]


def changed(config: Config, changes: Mapping[str, str]) -> Config:
    """Return a config with changes: dotted key -> value, as YAML.

    Raises:
        InputError: A key is unknown or a value is not allowed.
    """
    content = parse_yaml(dump_config(config), "config")
    return parse_config(with_changes(content, [f"{key}={value}" for key, value in changes.items()]))


def text_of(value: Any) -> str:
    """Return a value as YAML in one line; texts are quoted only if necessary.

    Example:
        >>> text_of("linear"), text_of("no"), text_of(1e-5), text_of({"name": "cosine", "of": "graph"})
        ('linear', '"no"', '1.0e-05', '{"name": "cosine", "of": "graph"}')
    """
    if isinstance(value, str):
        return value if yaml.safe_load(value) == value else json.dumps(value)
    plain = isinstance(value, float)
    return yaml.safe_dump(value).splitlines()[0] if plain else json.dumps(value)


def read_space(path: str | Path, config: Config) -> Space:
    """Read a search space from a YAML file: key of the config -> a range, or choices.

    A range is of integers if its bounds are integers and the config accepts no other numbers.

    Args:
        path: The file.
        config: The config, which must have the keys.

    Raises:
        InputError: The file or a key cannot be used.
    """
    content = parse_yaml(existing_file(path, "search space").read_text(encoding="utf-8"), str(path))
    if not isinstance(content, dict) or not content:
        raise InputError("no search space", where=path, expected=f"one line per key of the config, KEY: {FORM}")
    space = {str(key): _parsed(str(key), value, config, path) for key, value in content.items()}
    for key, of in space.items():
        _check(config, key, of, path)
    return space


def default_space(config: Config) -> Space:
    """Return the default space: learning rate, weight decay, head; for heads with a measured graph tau, p, convention.

    If the config names no embeddings, these heads use one-hot ones.
    """
    rate, own = config.optimizer.lr, config.model.head
    known = [head for head in HEADS if HEAD_PARTS.parse(head) != own]
    short = (
        own.name if HEAD_PARTS.parse(own.name) == own else parse_yaml(dump_config(config), "config")["model"]["head"]
    )
    heads = dict.fromkeys(text_of(head) for head in (short, *known))
    space: dict[str, Range | Choices] = {
        "optimizer.lr": Range(rate / 10, rate * 10, log=True),
        "optimizer.weight_decay": Range(1e-5, 0.1, log=True),
        "model.head": Choices(tuple(heads)),
    }
    if config.graph.file is None:
        conventions = dict.fromkeys([str(config.graph.convention), *CONVENTIONS])
        if config.graph.embeddings is None:
            space["graph.embeddings"] = Choices(("one-hot",))
        space["graph.convention"] = Choices(tuple(map(text_of, conventions)))
        space["graph.tau"] = Range(0.05, 0.5)
        space["graph.p"] = Range(0.1, 0.9)
    return space


def _parsed(key: str, value: Any, config: Config, path: str | Path) -> Range | Choices:
    match value:
        case {"choices": [_, *_] as values, **rest} if not rest:
            return Choices(tuple(dict.fromkeys(map(text_of, values))))
        case {"low": int() | float() as low, "high": int() | float() as high, **rest} if not {*rest} - {"log"}:
            log = rest.get("log", False)
            if isinstance(log, bool) and not isinstance(low, bool) and low < high and not (log and low <= 0):
                return Range(low, high, log, _is_whole(config, key, low, high))
    raise InputError(
        f"{key}: {value!r:.80}", where=path, expected=f"{FORM}, low below high, and above 0 if log is true"
    )


def _is_whole(config: Config, key: str, low: float, high: float) -> bool:
    """Return whether the bounds are integers, and the config accepts only integers."""
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    try:
        changed(config, {key: text_of(low + 0.5)})
    except InputError:
        return True
    return False


def _check(config: Config, key: str, of: Range | Choices, path: str | Path) -> None:
    """Check that a config accepts at least one of the values; others may need changes of other keys.

    Raises:
        InputError: It accepts none.
    """
    failed = []
    for value in of.examples:
        try:
            changed(config, {key: value})
            return
        except InputError as error:
            failed.append(error)
    first = failed[0]
    raise InputError(f"{key}: {first.what}", where=path, expected=first.expected, fix=first.fix) from first
