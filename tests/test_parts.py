"""A part is added by one file: nothing else lists it, and a config names it at once."""

import importlib
import sys

import pytest

from gcnlabel.config import parse_config
from gcnlabel.config.reference import kinds, reference
from gcnlabel.registry import KINDS

KIND_OF_MODULE = {
    "head": ("gcnlabel.nn.heads", "model.head", "nn.heads.part import HEADS"),
    "backbone": ("gcnlabel.nn.backbones", "model.backbone", "nn.backbone import BACKBONES"),
    "loss": ("gcnlabel.losses", "loss.affect", "losses.task_loss import LOSSES"),
    "weighting": ("gcnlabel.losses", "weighting", "losses.weighting import WEIGHTINGS"),
    "augmentation": ("gcnlabel.data", "training.augment", "data.augmentation import AUGMENTATIONS"),
}
PART = '''
from gcnlabel.{imported} as KIND

@KIND.register("dropped-in")
def part(made_from, *, strength: float = 0.25):
    """Return a part that was dropped in.

    Args:
        made_from: What parts of its kind are made from.
        strength: How much of it.
    """
'''


def nested(place, value):
    for level in reversed(place.split(".")):
        value = {level: value}
    return value


@pytest.mark.parametrize("kind", KIND_OF_MODULE)
def test_a_file_in_the_folder_is_all(kind, tmp_path, monkeypatch):
    home, place, imported = KIND_OF_MODULE[kind]
    (tmp_path / "dropped_in.py").write_text(PART.format(imported=imported))
    package, registry = importlib.import_module(home), KINDS[kind]
    registry.names()
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "_parts", dict(registry._parts))
    monkeypatch.setattr(registry, "_settings", {})
    monkeypatch.setattr(registry, "_loaded", False)
    try:
        content = {"data": {"source": "synthetic-faces"}, **nested(place, {"name": "dropped-in", "strength": 0.5})}
        found = parse_config(content)
        for level in place.split("."):
            found = found[level] if isinstance(found, dict) else getattr(found, level)
        assert found.options == {"strength": 0.5}
        assert "| `strength` | number | `0.25` | How much of it. |" in reference(kind)
    finally:
        sys.modules.pop(f"{home}.dropped_in", None)


def test_parts_say_what_they_are_and_what_their_options_mean():
    for kind in kinds():
        for name in kind.names():
            assert kind.resolve(name).__doc__, (kind.kind, name)
    empty = [row for row in reference().splitlines() if row.startswith("| `") and row.endswith("|  |")]
    assert not empty, "\n".join(empty)
