"""Calls of before are understood for one version."""

import logging

import pytest

from gcnlabel.cli.old_calls import modernised


@pytest.mark.parametrize(
    ("given", "today"),
    [
        ("evaluate runs/a --unseen joy --positives=5", "zero-shot runs/a --label joy --shots=5"),
        ("evaluate runs/a --unseen=joy", "zero-shot runs/a --label=joy"),
        ("evaluate runs/a", "evaluate runs/a"),
        ("train c.yaml --unseen joy", "train c.yaml --unseen joy"),
    ],
)
def test_a_call_of_before_is_that_of_today(given, today, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("gcnlabel"), "propagate", True)
    with caplog.at_level(logging.INFO, logger="gcnlabel"):
        assert modernised(given.split()) == today.split()
    assert ("zero-shot" in caplog.text) == (given != today)
