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


def lines(axes):
    """Label -> points of each line that has one."""
    found = {}
    for line in axes.get_lines():
        if not line.get_label().startswith("_"):
            found[line.get_label()] = list(zip(*map(list, line.get_data()), strict=True))
    for bars in axes.containers:
        found[bars.get_label()] = list(zip(*map(list, bars[0].get_data()), strict=True))
    return found


def test_every_panel_and_point():
    figure = gains_figure(PANELS, ["default", "stacking"])
    tags, affect = figure.axes
    assert [axes.get_title() for axes in figure.axes] == list(PANELS)
    assert lines(tags)["default"] == [(-0.03, 0.1), (0.97, 0.2)]  # the first of two bold heads, a little to the left
    assert lines(tags)["all other heads"] == [(0, -0.1), (1, 0.0)]
    assert lines(affect) == {"default": [(-0.03, 0.3)], "stacking": [(0.03, 0.25), (1.03, 0.05)]}
    assert tags.get_xlim() == affect.get_xlim() == (-0.5, 1.5)
    assert [text.get_text() for text in affect.get_xticklabels()] == ["1%", "100%"]
    assert tags.get_ylabel() == "above linear"
    (bars,) = (c for c in tags.containers if c.get_label() == "default")
    segments = bars[2][0].get_segments()
    assert [[tuple(point) for point in s] for s in segments] == [
        [(-0.03, pytest.approx(0.08)), (-0.03, pytest.approx(0.12))],
        [(0.97, pytest.approx(0.17)), (0.97, pytest.approx(0.23))],
    ]


def test_lines_join_amounts_of_one_kind_alone():
    amounts = ["1% of the samples", "100% of the samples", "affect on 10 samples", "affect on 50 samples"]
    panel = {amount: {"default": Gain(k / 10, 0.01)} for k, amount in enumerate(amounts)}
    (axes,) = gains_figure({"affect/mean_ccc": panel}, ["default"]).axes
    assert [list(bars[0].get_xdata()) for bars in axes.containers] == [[0, 1], [2, 3]]


def test_the_legend_names_what_stands_in_any_panel():
    figure = gains_figure(PANELS, ["default", "stacking"])
    (legend,) = (axes.get_legend() for axes in figure.axes if axes.get_legend())
    assert {text.get_text() for text in legend.get_texts()} == {"default", "stacking", "all other heads"}


def test_a_head_has_one_colour_in_all_panels():
    figure = gains_figure(PANELS, ["default", "stacking"])
    colours = [{c.get_label(): c[0].get_color() for c in axes.containers} for axes in figure.axes]
    assert colours[0]["default"] == colours[1]["default"] != colours[1]["stacking"]


def test_one_seed_has_no_intervals(tmp_path):
    panels = {"tags/lrap": {"1%": {"default": Gain(0.1, math.inf)}}}
    figure = gains_figure(panels, ["default"])
    figure.savefig(tmp_path / "gains.png")
    assert lines(figure.axes[0])["default"] == [(0, 0.1)]
    assert 0.1 < figure.axes[0].get_ylim()[1] < 1
    assert gains_table(panels).rows() == [("tags/lrap", "1%", "default", 0.1, None)]


def test_the_table_has_every_number():
    assert gains_table(PANELS).rows()[-1] == ("affect/mean_ccc", "100%", "stacking", 0.05, 0.01)
    assert len(gains_table(PANELS)) == 7


@pytest.mark.parametrize("panels", [{}, {"tags/lrap": {}}])
def test_nothing_to_draw(panels):
    with pytest.raises(InputError, match="no gain to draw"):
        gains_figure(panels, [])
