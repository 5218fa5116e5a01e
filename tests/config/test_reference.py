"""The reference of a config is written from the parts themselves."""

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config.reference import meanings_of, reference
from gcnlabel.errors import InputError
from gcnlabel.nn.heads import HEADS


def test_a_part_is_in_it_with_its_options(monkeypatch):
    def shouting(context, *, loudness: int = 11):
        """Return a head that shouts.

        Args:
            context: Tasks and features.
            loudness: How much it does,
                in steps.
        """

    monkeypatch.setitem(HEADS._parts, "shouting", shouting)
    text = reference("head")
    assert "**`shouting`** A head that shouts." in text
    assert "| `loudness` | integer | `11` | How much it does, in steps. |" in text


def test_every_key_is_in_it():
    text = reference()
    for key in (
        "model.head",
        "optimizer",
        "backbone.lr",
        "training.augment",
        "gamma_neg",
        "share_weights",
        "keep_length",
    ):
        assert f"| `{key}` |" in text
    for row in text.splitlines():
        assert not row.startswith("|") or row.replace("\\|", "").count("|") == 5


def test_the_command_shows_one_kind():
    shown = CliRunner().invoke(main, ["config", "kind of edges"]).output
    assert "**`learned`**" in shown
    assert "### Head" not in shown
    with pytest.raises(InputError, match="did you mean 'head'"):
        reference("haed")


def test_meanings_of_several_sections():
    def described():
        """Do.

        Args:
            a: First: with a colon.

            b: Second.

        Raises:
            c: No meaning.
        """

    assert meanings_of(described) == {"a": "First: with a colon.", "b": "Second."}
