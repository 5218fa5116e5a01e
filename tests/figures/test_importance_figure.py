"""What keys matter, as bars."""

import pytest

from gcnlabel.errors import InputError
from gcnlabel.figures import importance_figure, importance_table


def test_the_most_important_key_is_the_first_bar():
    shares = {"graph.tau": 0.25, "optimizer.lr": 0.6, "model.head": 0.15}
    axes = importance_figure(shares, "val/loss").axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.6, 0.25, 0.15]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["optimizer.lr", "graph.tau", "model.head"]
    assert axes.get_xlabel() == "importance for val/loss"
    assert axes.yaxis_inverted()
    assert importance_table(shares)["importance"].to_list() == [0.6, 0.25, 0.15]


def test_what_is_no_number_is_refused():
    with pytest.raises(InputError, match="importance"):
        importance_figure({"a": float("nan")}, "val/loss")
