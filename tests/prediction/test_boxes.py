"""Boxes and text in pictures."""

import numpy as np
import pytest
from PIL import Image, ImageColor

from gcnlabel.prediction.boxes import MAX_SIDE, Box, draw_box, drawn, shade_of

LINES = ["surprise 99%", "valence +0.50"]


@pytest.mark.parametrize("at", [(0, 0), (150, 100), (280, 190), (-30, -20), (0, 0, 320, 240), (900, 900)])
def test_the_text_is_inside_the_picture_wherever_the_box_is(at):
    picture = Image.new("RGB", (320, 240), "black")
    draw_box(picture, [*at, 40, 50][:2] + (list(at[2:]) or [40, 50]), 1, LINES)
    blue = np.array(ImageColor.getrgb(shade_of(1))) * 225 / 255  # of the ground of the text
    rows, columns = np.nonzero(np.abs(np.asarray(picture) - blue).max(2) < 6)
    assert len(rows) > 800
    edge = max(rows.max() - 239, columns.max() - 319, -rows.min(), -columns.min())
    assert edge <= 0
    assert columns.max() - columns.min() > 60


def test_a_copy_is_even_bounded_and_leaves_the_picture_as_it_is():
    picture = Image.new("RGB", (2 * MAX_SIDE + 1, 401), "black")
    copy = drawn(picture, [Box([100, 100, 50, 50], 2, LINES)])
    assert copy.size == (MAX_SIDE, 200)
    assert not np.asarray(picture).any()
    assert np.asarray(copy)[40:90, 40:90].any()
    assert drawn(Image.new("RGB", (1, 1)), []).size == (2, 2)


def test_boxes_are_scaled_to_a_picture_that_was_decoded_smaller():
    copy = np.asarray(drawn(Image.new("RGB", (400, 400)), [Box([400, 400, 200, 200], 1, ["a"])], 0.5))
    assert copy[199:203, 220:280].any()
    assert copy[220:280, 299:303].any()
    assert not copy[310:, 310:].any()
