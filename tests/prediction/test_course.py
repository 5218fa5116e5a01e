"""Values over time."""

import numpy as np
import polars as pl
import pytest

from gcnlabel.prediction import Detected
from gcnlabel.prediction.course import MAX_TRACKS, course_figure, course_table, smoothed
from gcnlabel.tasks import Dimensional, TaskSet

TASKS = TaskSet([Dimensional("affect", ("valence", "arousal"), range=(-1, 1))])


def detected(times, numbers):
    where = pl.DataFrame({"frame": range(len(times)), "time": times, "number": numbers, "score": [0.9] * len(times)})
    values = np.random.default_rng(0).uniform(-1, 1, (len(times), 2)).astype(np.float32)
    return Detected(TASKS, [str(i) for i in range(len(times))], {"affect": values}, where=where)


@pytest.mark.parametrize("window", [0, 0.3, 1, 100])
def test_means_over_a_window_at_uneven_times(window):
    rng = np.random.default_rng(1)
    times, values = np.sort(rng.uniform(0, 5, 60)), rng.standard_normal(60)
    expected = [values[np.abs(times - time) <= window / 2 + 1e-9].mean() for time in times]
    assert np.allclose(smoothed(times, values, window), expected)


def test_tracks_are_smoothed_apart():
    found = detected([0.0, 0.0, 0.1, 0.1], [1, 2, 1, 2])
    table = course_table(found, 10)
    of_one = table.filter(number=1, dimension="affect:valence")
    assert np.allclose(of_one["smoothed"], found.values["affect"][[0, 2], 0].mean())
    assert len(table) == 8


def test_lines_are_broken_where_a_track_was_not_seen_and_few_tracks_are_drawn():
    found = detected([0.0, 0.1, 0.2, 3.0, 3.1, *np.arange(10) / 10 + 4], [1] * 5 + list(range(2, 12)))
    figure = course_figure(found, course_table(found, 1), 1)
    valence, arousal = figure.axes
    assert (valence.get_ylabel(), arousal.get_ylabel()) == ("valence", "arousal")
    assert valence.get_ylim() == (-1, 1)
    first = next(line for line in valence.get_lines() if line.get_label() == "#1")
    assert np.isnan(first.get_xdata()).sum() == 1
    drawn = [line.get_label() for line in valence.get_lines() if line.get_label().startswith("#")]
    assert len(drawn) == MAX_TRACKS
    assert "5 shorter tracks are not drawn" in figure.legends[0].get_title().get_text().replace("\n", " ")
