"""Videos in which something is looked for: clips that the test encodes, of squares whose places are known."""

import importlib.util
import shutil

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from green_squares import squares, write_clip
from PIL import Image

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.prediction import Video, is_video, predict_detected

if importlib.util.find_spec("av") is None:
    pytest.skip("PyAV is not installed: pip install 'gcnlabel[video]'", allow_module_level=True)
GREEN = "green_squares:green_squares"


def command(*words):
    return CliRunner().invoke(main, ["predict", *map(str, words)])


def moving(count):
    """A square that moves right 2 pixels a frame, and another that stands in the last half."""
    return [squares((10 + 2 * i, 20, 24), *([(90, 50, 16)] if i >= count // 2 else [])) for i in range(count)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", moving(20))


def test_a_row_a_square_and_frame_followed_by_its_number(face_run, clip):
    table = predict_detected(face_run, clip, GREEN).table()
    assert table.columns[:4] == ["frame", "time", "number", "box_x"]
    assert table["frame"].to_list() == [*range(10), *np.repeat(range(10, 20), 2).tolist()]
    assert np.allclose(table["time"], table["frame"] / 25)
    first, second = table.filter(number=1), table.filter(number=2)
    assert np.allclose(first["box_x"], 10 + 2 * first["frame"].to_numpy(), atol=1.5)
    assert second["frame"].to_list() == list(range(10, 20))
    assert np.allclose(second["box_y"], 50, atol=1.5)
    assert table["expression"].null_count() == 0


def test_every_third_frame_and_ten_a_second(face_run, clip):
    assert predict_detected(face_run, clip, GREEN, every=3).where["frame"].unique().to_list() == list(range(0, 20, 3))
    of_ten = predict_detected(face_run, clip, GREEN, rate=10).where["time"].unique(maintain_order=True)
    assert np.allclose(of_ten, [0, 0.12, 0.2, 0.32, 0.4, 0.52, 0.6, 0.72])


def test_times_of_a_variable_frame_rate_are_kept_in_table_and_copy(face_run, tmp_path):
    times = [0, 0.04, 0.08, 0.5, 0.54, 1.2]
    path = write_clip(tmp_path / "v.mp4", moving(6), times=times)
    written = "--annotate", tmp_path / "out", "--output", tmp_path / "p.csv"
    result = command(face_run.path, path, "--detect", "--detector", GREEN, *written)
    assert result.exit_code == 0, result.output
    assert np.allclose(pl.read_csv(tmp_path / "p.csv")["time"].unique(maintain_order=True), times, atol=1e-3)
    assert np.allclose([frame.time for frame in Video(tmp_path / "out" / "v.mp4").frames()], times, atol=1e-3)


def test_a_frame_without_a_square_has_a_row(face_run, tmp_path):
    pictures = [squares((10, 20, 30)), squares(), squares((11, 20, 30))]
    found = predict_detected(face_run, write_clip(tmp_path / "c.mp4", pictures), GREEN)
    assert found.table().select("frame", "number").rows() == [(0, 1), (1, None), (2, 1)]
    assert found.remarks == ("nothing found in 1 of 3 frames: 1",)


def test_a_video_that_is_stored_turned_is_looked_at_upright(face_run, tmp_path):
    path = write_clip(tmp_path / "t.mov", [squares((10, 20, 24))] * 3, rotation=90)  # counterclockwise
    with Image.open(_first_frame(path, tmp_path)) as picture:
        assert picture.size == (80, 120)
    boxes = predict_detected(face_run, path, GREEN).where.select("box_x", "box_y").rows()
    assert np.allclose(boxes, [(20, 120 - 10 - 24)] * 3, atol=1.5)


def _first_frame(path, folder):
    next(Video(path).frames()).picture.save(folder / "first.png")
    return folder / "first.png"


def test_annotated_copy_figure_and_numbers(face_run, clip, tmp_path):
    out = tmp_path / "out"
    result = command(face_run.path, clip, "--detect", "--detector", GREEN, "--every", "2", "--annotate", out)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["clip-over-time.csv", "clip-over-time.png", "clip.mp4"]
    frames = list(Video(out / "clip.mp4").frames())
    assert len(frames) == 20
    assert frames[0].picture.size == (120, 80)
    plain = [frame.picture for frame in Video(clip).frames()]
    changed = [
        np.abs(np.asarray(a.picture, int) - np.asarray(b, int)).max() for a, b in zip(frames, plain, strict=True)
    ]
    assert min(changed) > 80  # frames that were not looked at have the boxes of the one before
    course = pl.read_csv(out / "clip-over-time.csv")
    assert set(course["dimension"]) == {"affect:valence", "affect:arousal"}
    one = course.filter(number=1, dimension="affect:valence")
    near = [one.filter((pl.col("time") - time).abs() <= 0.5 + 1e-9)["value"].mean() for time in one["time"]]
    assert np.allclose(one["smoothed"], near, atol=1e-5)
    again = command(face_run.path, clip, "--detect", "--detector", GREEN, "--annotate", out)
    assert again.exit_code == 2
    assert "clip.mp4 already exists" in again.stderr


def test_the_copy_never_replaces_the_video(face_run, clip, tmp_path):
    path = tmp_path / "clip.mp4"
    shutil.copy(clip, path)
    result = command(face_run.path, path, "--detect", "--detector", GREEN, "--annotate", tmp_path, "--overwrite")
    assert result.exit_code == 2
    assert "would replace the video" in result.stderr
    assert path.read_bytes() == clip.read_bytes()


def test_a_run_of_tags_has_no_figure_over_time(tag_run, clip, tmp_path):
    result = command(tag_run[0].path, clip, "--detect", "--detector", GREEN, "--annotate", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["clip.mp4"]
    assert "no figure over time" in result.output


def test_a_truncated_video_is_used_as_far_as_it_goes(face_run, tmp_path):
    whole = write_clip(tmp_path / "w.mkv", moving(75), codec="mpeg4")
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    found = predict_detected(face_run, path, GREEN)
    assert 20 < found.where["frame"].n_unique() < 60
    assert any("of the 3.0 s that it declares" in remark for remark in found.remarks), found.remarks


def test_damaged_packets_are_counted(face_run, tmp_path):
    path = write_clip(tmp_path / "d.mov", moving(60), codec="png", options={}, pixels="rgb24")
    content = bytearray(path.read_bytes())
    for part in (0.3, 0.5, 0.7):
        at = round(part * len(content))
        content[at : at + 200] = bytes(200)
    path.write_bytes(content)
    found = predict_detected(face_run, path, GREEN)
    assert 50 < found.where["frame"].n_unique() < 60
    assert any("damaged packets were skipped" in remark for remark in found.remarks), found.remarks


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.mp4", b"", "video is empty"),
        ("text.mp4", b"no video at all" * 20, "cannot be read as a video"),
        ("odd.dat", b"no video at all" * 20, "cannot be read as a video"),
        ("gone.mp4", None, "video not found"),
    ],
)
def test_what_is_no_video(face_run, tmp_path, name, content, expected):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = command(face_run.path, tmp_path / name, "--detect", "--detector", GREEN, "--annotate", tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert expected in result.stderr
    assert not (tmp_path / "out").exists()


def test_sound_alone_is_no_video(face_run, tmp_path):
    import av

    with av.open(str(tmp_path / "s.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(InputError, match="has no video"):
        predict_detected(face_run, tmp_path / "s.mp4", GREEN)


def test_an_odd_ending_is_looked_into(face_run, clip, tmp_path):
    shutil.copy(clip, tmp_path / "clip.part")
    squares((10, 20, 30)).save(tmp_path / "photo.scan", format="png")
    assert is_video(tmp_path / "clip.part")
    assert not is_video(tmp_path / "photo.scan")
    assert not is_video(tmp_path)
    assert predict_detected(face_run, tmp_path / "clip.part", GREEN).where.columns[0] == "frame"
    assert predict_detected(face_run, tmp_path / "photo.scan", GREEN).where.columns[0] == "image"


def test_a_video_needs_detection(face_run, clip):
    result = command(face_run.path, clip)
    assert result.exit_code == 2
    assert "clip.mp4 is a video" in result.stderr
    assert "--detect" in result.stderr


def test_without_pyav_one_message(face_run, clip, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name == "av" else find(name, *more))
    result = command(face_run.path, clip, "--detect", "--detector", GREEN)
    assert result.exit_code == 2
    assert "a video needs av, which is not installed" in result.stderr
    assert "gcnlabel[video]" in result.stderr
