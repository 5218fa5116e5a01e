"""The figure of gains: what is drawn where, and what its legend says."""

import math

import pytest

from gcnlabel.errors import InputError
from gcnlabel.figures import Gain, gains_figure, gains_table

PANELS = {
    "tags/lrap": {
        "1%": {"default": Gain(0.1, 0.02), "shuffled": Gain(-0.1, 0.5)},
        "100%": {"default": Gain(0.2, 0.03), "shuffled": Gain(0.0, 0.5)},
    },
    "affect/mean_ccc": {
        "1%": {"default": Gain(0.3, 0.02), "stacking": Gain(0.25, 0.04)},
        "100%": {"stacking": Gain(0.05, 0.01)},
    },
}


def points(axes):
    """Head -> place, gain, ends of its interval, and whether it is filled."""
    found = {}
    for bars in axes.containers:
        (x,), (y,) = bars[0].get_data()
        ends = [tuple(point[0] for point in segment) for segment in bars[2][0].get_segments()]
        found[bars.get_label()] = (y, x, ends[0], bars[0].get_markerfacecolor() != "white")
    return found


def panels_of(figure):
    return [axes for axes in figure.axes if axes.get_title()]


def test_every_panel_and_point():
    figure = gains_figure(PANELS, ["default", "stacking"])
    first, _, third, fourth = panels_of(figure)
    assert [axes.get_title() for axes in panels_of(figure)] == [
        f"{metric}\n{budget}" for metric in PANELS for budget in ("1%", "100%")
    ]
    assert points(first)["default"] == (0, 0.1, (pytest.approx(0.08), pytest.approx(0.12)), True)
    assert points(first)["shuffled"][3] is False
    assert points(third).keys() == {"default", "stacking"}
    assert points(fourth)["stacking"][:2] == (2, 0.05)
    names = first.get_yticklabels()
    assert [text.get_text() for text in names] == ["default", "shuffled", "stacking"]
    assert [text.get_fontweight() for text in names] == ["bold", "normal", "bold"]


def test_one_seed_has_no_intervals(tmp_path):
    panels = {"tags/lrap": {"1%": {"default": Gain(0.1, math.inf)}}}
    figure = gains_figure(panels, ["default"])
    figure.savefig(tmp_path / "gains.png")
    y, x, _, filled = points(panels_of(figure)[0])["default"]
    assert (y, x, filled) == (0, 0.1, False)
    assert gains_table(panels).rows() == [("tags/lrap", "1%", "default", 0.1, None)]


def test_the_table_has_every_number():
    assert gains_table(PANELS).rows()[-1] == ("affect/mean_ccc", "100%", "stacking", 0.05, 0.01)
    assert len(gains_table(PANELS)) == 7


@pytest.mark.parametrize("panels", [{}, {"tags/lrap": {}}])
def test_nothing_to_draw(panels):
    with pytest.raises(InputError, match="no gain to draw"):
        gains_figure(panels, [])
