"""The cache of aligned faces, made of a small AffectNet whose faces are turned and whose eyes are known."""

import cmath
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from damaged import mutants
from turned_faces import pupils, write_turned_faces

from gcnlabel.errors import InputError
from gcnlabel.faces import read_affectnet
from gcnlabel.faces.aligned_faces import AlignedFaces
from gcnlabel.faces.cache.prepare import SHARD_FACES, prepare
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.sources import SOURCES

SIZE = 56
ANGLES = [0.0, 0.3, -0.5, 0.8, -0.2, 1.2, -1.5]


@pytest.fixture(scope="module")
def small_shards():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gcnlabel.faces.cache.prepare.SHARD_FACES", 3)
        yield


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("release") / "AffectNet"
    return (root, *write_turned_faces(root, ANGLES))


@pytest.fixture(scope="module")
def cache(released, small_shards, tmp_path_factory):
    path = tmp_path_factory.mktemp("cache") / "faces"
    prepare(read_affectnet(released[0]), path, source="affectnet", size=SIZE, workers=1)
    return path


def copied(cache, tmp_path):
    subprocess.run(["cp", "-r", cache, tmp_path / "copy"], check=True)
    return tmp_path / "copy"


def contents(path):
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_eyes_are_level_and_where_they_should_be(cache, released):
    _, boxes, eyes = released
    faces = FaceCache(cache)
    order = [int(name.split("/")[1].removesuffix(".jpg")) for name in faces.annotations.ids]
    assert sorted(order) == list(range(len(ANGLES)))
    for image, i in zip(faces.images[:], order, strict=True):
        left, right = pupils(image[0])
        assert abs(left[1] - right[1]) < 1
        turned_back = cmath.exp(-1j * math.atan2(eyes[i][1][1] - eyes[i][0][1], eyes[i][1][0] - eyes[i][0][0]))
        centre, extent = (boxes[i][:2] + boxes[i][2:]) / 2, boxes[i][2:] - boxes[i][:2]
        for found, eye in zip((left, right), eyes[i], strict=True):
            from_centre = complex(*(eye - centre)) * turned_back
            expected = SIZE * (0.5 + np.array([from_centre.real, from_centre.imag]) / extent)
            assert np.abs(found - expected).max() < 1


def test_the_cache_holds_what_the_originals_give(cache, released):
    faces, originals = FaceCache(cache), AlignedFaces(read_affectnet(released[0]), SIZE)
    assert faces.manifest.shards == [3, 3, 1]
    assert faces.images.shape == (len(ANGLES), 3, SIZE, SIZE)
    np.testing.assert_array_equal(faces.images[:], originals.images[:])
    for task in ("expression", "affect"):
        np.testing.assert_array_equal(faces.annotations.targets[task], originals.annotations.targets[task])
    assert faces.annotations.split.tolist() == originals.annotations.split.tolist()
    assert faces.annotations.tasks.to_dict() == originals.annotations.tasks.to_dict()
    for one, other in zip((faces[i] for i in (0, 4, 6)), (originals[i] for i in (0, 4, 6)), strict=True):
        assert str(one) == str(other)
    np.testing.assert_array_equal(faces.images[[6, 0, 3]], originals.images[:][[6, 0, 3]])


def test_several_processes_write_the_same_bytes(cache, released, small_shards, tmp_path):
    steps = []
    prepare(
        read_affectnet(released[0]),
        tmp_path / "faces",
        source="affectnet",
        size=SIZE,
        workers=2,
        progress=lambda *step: steps.append(step),
    )
    assert contents(tmp_path / "faces") == contents(cache)
    assert steps[0] == (0, 7)
    assert steps[-1] == (7, 7)


def test_a_stopped_job_goes_on(cache, released, small_shards, tmp_path):
    path = copied(cache, tmp_path)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({k: manifest[k] for k in ("format", "job")} | {"finished": False}))
    (path / "annotations.parquet").unlink()
    (path / "shards/00001.json").unlink()  # the array is there and may be torn
    (path / "shards/00001.npy").write_bytes(b"torn")
    (path / "shards/.torn-00002-k3x.npy").write_bytes(b"torn")
    with pytest.raises(InputError, match="is not finished\n.*to continue it"):
        FaceCache(path)
    kept = (path / "shards/00000.npy").stat().st_mtime_ns
    steps = []
    again = prepare(
        read_affectnet(released[0]),
        path,
        source="affectnet",
        size=SIZE,
        workers=1,
        progress=lambda *step: steps.append(step),
    )
    assert steps == [(4, 7), (7, 7)]
    assert again["finished"]
    assert (path / "shards/00000.npy").stat().st_mtime_ns == kept
    assert contents(path) == contents(cache)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
def test_a_killed_command_goes_on_to_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("gcnlabel.faces.cache.prepare.SHARD_FACES", SHARD_FACES)
    write_turned_faces(tmp_path / "AffectNet", [0.01 * i for i in range(SHARD_FACES + 40)])
    command = [sys.executable, "-m", "gcnlabel", "prepare", "affectnet", str(tmp_path / "AffectNet")]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen([*command, str(killed), "--workers", "2"], stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(killed.glob("shards/*.npy")):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not json.loads((killed / "manifest.json").read_text())["finished"]
    for path in (killed, whole):
        prepare(read_affectnet(tmp_path / "AffectNet"), path, source="affectnet", workers=1)
    assert contents(killed) == contents(whole)


@pytest.mark.parametrize("left", [".torn-manifest-k3x.json", ".torn-annotations-ab1.parquet", ".torn-rows-zz.csv"])
def test_a_job_killed_in_its_first_write_does_not_block_itself(cache, released, small_shards, tmp_path, left):
    path = tmp_path / "faces"
    path.mkdir()
    (path / left).write_bytes(b'{"for')
    prepare(read_affectnet(released[0]), path, source="affectnet", size=SIZE, workers=1)
    assert contents(path) == contents(cache)


def test_a_hidden_file_of_something_else_is_left_alone(released, tmp_path):
    (tmp_path / ".manifest.json").write_text("mine")
    with pytest.raises(InputError, match="is not a cache of faces"):
        prepare(read_affectnet(released[0]), tmp_path, source="affectnet", size=20)
    assert contents(tmp_path) == {".manifest.json": b"mine"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["manifest.json", "annotations.parquet", "shards/00000.npy", "shards/00001.json"])
def test_damaged_files_of_a_cache(cache, released, small_shards, tmp_path, name):
    path = copied(cache, tmp_path)
    whole = (path / name).read_bytes()
    found = set()
    count = 30 if name.endswith("parquet") else 120  # each is decoded in a process of its own
    for mutant in mutants(whole, count):
        (path / name).write_bytes(mutant)
        try:
            _ = FaceCache(path).images[:]
            found.add("read")
        except InputError:
            found.add("error")
    assert found == ({"read"} if name.endswith("00001.json") else {"read", "error"})


def test_a_note_that_is_damaged_is_said(cache, released, small_shards, tmp_path):
    path = copied(cache, tmp_path)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({k: manifest[k] for k in ("format", "job")} | {"finished": False}))
    whole = (path / "shards/00001.json").read_bytes()
    for mutant in mutants(whole, 60):
        (path / "shards/00001.json").write_bytes(mutant)
        with suppress(InputError):
            prepare(read_affectnet(released[0]), path, source="affectnet", size=SIZE, workers=1)
    (path / "shards/00001.json").write_bytes(b'{"unreadable": {"7": "no"}, "remarks": {}}')
    (path / "manifest.json").write_text(json.dumps({k: manifest[k] for k in ("format", "job")} | {"finished": False}))
    with pytest.raises(InputError, match=r"00001.json is damaged"):
        prepare(read_affectnet(released[0]), path, source="affectnet", size=SIZE, workers=1)


def test_another_alignment_is_another_job(cache, released, small_shards, tmp_path):
    path = copied(cache, tmp_path)
    options = {"source": "affectnet", "size": SIZE, "workers": 1, "alignment": "emotion-gcn-code"}
    with pytest.raises(InputError, match="cache of another job: other alignment"):
        prepare(read_affectnet(released[0]), path, **options)
    prepare(read_affectnet(released[0]), path, **options, overwrite=True)
    faces = AlignedFaces(read_affectnet(released[0]), SIZE, alignment="emotion-gcn-code")
    np.testing.assert_array_equal(FaceCache(path).images[:], faces.images[:])
    assert np.abs(FaceCache(path).images[:].astype(float) - FaceCache(cache).images[:]).mean() > 5


def test_a_cache_of_before_alignments_is_read(cache, tmp_path):
    path = copied(cache, tmp_path)
    manifest = json.loads((path / "manifest.json").read_text())
    for key in ("alignment", "upright"):
        del manifest["job"][key]
    del manifest["rows"]
    (path / "manifest.json").write_text(json.dumps(manifest))
    _, rows = settings(path).read(None)
    assert rows.line() == "rows: 7 used (train 6, val 1)"


def damaged(released, tmp_path):
    root = copied(released[0], tmp_path)
    images = root / "Manually_Annotated_Images"
    (images / "1/1.jpg").write_bytes(b"no image")
    whole = (images / "2/2.jpg").read_bytes()
    (images / "2/2.jpg").write_bytes(whole[: len(whole) // 2])
    return root


def test_images_that_cannot_be_read_are_listed_and_left_out(cache, released, small_shards, tmp_path):
    root = damaged(released, tmp_path)
    options = {"source": "affectnet", "size": SIZE, "workers": 1}
    with pytest.raises(
        InputError, match=r"2 of 6 images unreadable in split 'train', first 1/1\.jpg: .*cannot be read"
    ):
        prepare(read_affectnet(root), tmp_path / "faces", **options)
    manifest = prepare(read_affectnet(root), tmp_path / "faces", allow_missing=0.34, **options)
    assert [name for name, _ in manifest["unreadable"]] == ["1/1.jpg", "2/2.jpg"]
    assert all("cannot be read" in reason for _, reason in manifest["unreadable"])
    assert manifest["counts"]["annotated"] == 7
    assert manifest["counts"]["aligned"] == 5
    assert manifest["counts"]["unreadable"] == 2
    whole, faces = FaceCache(cache), FaceCache(tmp_path / "faces")
    kept = [i for i, name in enumerate(whole.annotations.ids) if name not in ("1/1.jpg", "2/2.jpg")]
    assert faces.annotations.ids.tolist() == whole.annotations.ids[kept].tolist()
    np.testing.assert_array_equal(faces.images[:], whole.images[:][kept])
    np.testing.assert_array_equal(faces.annotations.targets["affect"], whole.annotations.targets["affect"][kept])


def test_images_that_were_mended_are_read_when_it_goes_on(cache, released, small_shards, tmp_path):
    root, options = damaged(released, tmp_path), {"source": "affectnet", "size": SIZE, "workers": 1}
    for allowed in (0.01, 0.34):  # an error, and then a whole cache without them
        with suppress(InputError):
            prepare(read_affectnet(root), tmp_path / "faces", allow_missing=allowed, **options)
    kept = (tmp_path / "faces/shards/00002.npy").stat().st_mtime_ns
    for path in (Path(released[0]) / "Manually_Annotated_Images").rglob("*.jpg"):
        shutil.copy(path, root / path.relative_to(released[0]))
    prepare(read_affectnet(root), tmp_path / "faces", **options)
    found, expected = contents(tmp_path / "faces"), contents(cache)
    assert {name for name in expected if found.get(name) != expected[name]} == {"manifest.json"}  # which names the root
    assert (tmp_path / "faces/shards/00002.npy").stat().st_mtime_ns == kept


def test_no_shard_is_made_anew_in_a_cache_that_says_it_is_whole(released, small_shards, tmp_path, monkeypatch):
    root, options = damaged(released, tmp_path), {"source": "affectnet", "size": SIZE, "workers": 1}
    prepare(read_affectnet(root), tmp_path / "faces", allow_missing=1, **options)

    def killed(job):
        raise KeyboardInterrupt

    monkeypatch.setattr("gcnlabel.faces.cache.prepare.write_shard", killed)
    with pytest.raises(KeyboardInterrupt):
        prepare(read_affectnet(released[0]), tmp_path / "faces", **options)
    with pytest.raises(InputError, match="not finished"):
        FaceCache(tmp_path / "faces")


@pytest.mark.parametrize("workers", [1, 2])
def test_strict_stops_at_an_image_that_cannot_be_read(released, small_shards, tmp_path, workers):
    root = damaged(released, tmp_path)
    with pytest.raises(InputError, match=r"(1/1|2/2)\.jpg.*cannot be read"):
        prepare(read_affectnet(root), tmp_path / "faces", source="affectnet", size=SIZE, workers=workers, strict=True)
    with pytest.raises(InputError, match="not finished"):
        FaceCache(tmp_path / "faces")


def test_strict_does_not_take_over_what_was_left_out(released, small_shards, tmp_path):
    root = damaged(released, tmp_path)
    faces = read_affectnet(root)
    prepare(faces, tmp_path / "faces", source="affectnet", size=SIZE, workers=1, allow_missing=1)
    with pytest.raises(InputError, match="cannot be read"):
        prepare(faces, tmp_path / "faces", source="affectnet", size=SIZE, workers=1, strict=True)


def test_no_image_can_be_read(released, tmp_path):
    root = copied(released[0], tmp_path)
    for image in root.rglob("*.jpg"):
        image.write_bytes(b"")
    with pytest.raises(InputError, match="none of 7 images can be read"):
        prepare(read_affectnet(root), tmp_path / "faces", source="affectnet", size=SIZE, workers=1)


def test_remarks_are_counted(released, small_shards, tmp_path):
    root = copied(released[0], tmp_path)
    table = root / "Manually_Annotated_file_lists/training.csv"
    lines = table.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    cells[1][1:5] = ["-30", "20", "200", "200"]
    cells[2][1:5] = ["900", "900", "50", "50"]
    cells[3][5] = "NULL"
    table.write_text("\n".join(",".join(row) for row in cells) + "\n")
    manifest = prepare(read_affectnet(root), tmp_path / "faces", source="affectnet", size=SIZE, workers=1)
    by_alignment = manifest["counts"]["by the alignment"]
    assert by_alignment["box wholly outside the image (all black)"] == 1
    assert by_alignment["box partly outside the image (padded with black)"] >= 1
    assert by_alignment["eyes unknown (not turned)"] == 1
    assert manifest["counts"]["by the reader"] == {"no landmarks, eyes unknown (kept)": 1}


def test_another_jobs_folder_is_refused_and_replaced_only_when_told(cache, released, small_shards, tmp_path):
    path = copied(cache, tmp_path)
    before = contents(path)
    faces = read_affectnet(released[0])
    with pytest.raises(InputError, match="cache of another job: other size\n.*--overwrite"):
        prepare(faces, path, source="affectnet", size=20, workers=1)
    assert contents(path) == before
    prepare(faces, path, source="affectnet", size=20, workers=1, overwrite=True)
    assert FaceCache(path).images.shape == (7, 3, 20, 20)


def test_other_annotations_are_another_job(cache, released, small_shards, tmp_path):
    with pytest.raises(InputError, match="cache of another job: other .*fingerprint"):
        prepare(read_affectnet(released[0], classes=8), cache, source="affectnet", size=SIZE, workers=1)


def test_a_folder_of_something_else_is_left_alone(released, tmp_path):
    (tmp_path / "thesis.tex").write_text("all of it")
    for overwrite in (False, True):
        with pytest.raises(InputError, match="is not a cache of faces"):
            prepare(read_affectnet(released[0]), tmp_path, source="affectnet", size=20, overwrite=overwrite)
    assert contents(tmp_path) == {"thesis.tex": b"all of it"}


def test_a_disk_without_room_is_an_error_at_once(released, tmp_path):
    with pytest.raises(InputError, match=r"the cache needs .* GB more, but only .* GB are free"):
        prepare(read_affectnet(released[0]), tmp_path / "faces", source="affectnet", size=2_000_000, workers=1)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("manifest.json", b"{", "manifest.json is damaged"),
        ("manifest.json", b"{}", "is not a manifest of aligned faces"),
        ("manifest.json", None, "no cache of faces at"),
        ("annotations.parquet", b"PAR1", "annotations.parquet"),
        ("annotations.parquet", None, "annotations.parquet"),
        ("shards/00001.npy", b"\x93NUMPY", "00001.npy cannot be read"),
        ("shards/00001.npy", None, "00001.npy cannot be read"),
    ],
)
def test_a_damaged_cache_is_named(cache, tmp_path, file, content, message):
    path = copied(cache, tmp_path)
    (path / file).unlink() if content is None else (path / file).write_bytes(content)
    with pytest.raises(InputError, match=message):
        _ = FaceCache(path).images[:]


def test_a_shard_of_another_shape_is_named(cache, tmp_path):
    path = copied(cache, tmp_path)
    np.save(path / "shards/00000.npy", np.zeros((2, 3, SIZE, SIZE), dtype=np.uint8))
    with pytest.raises(InputError, match=r"is uint8 of shape \[2, 3, 56, 56\].*\n.*\[3, 3, 56, 56\]"):
        _ = FaceCache(path).images[0]


def test_a_shard_of_objects_is_never_unpickled(cache, tmp_path):
    path = copied(cache, tmp_path)
    np.save(path / "shards/00000.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="cannot be read"):
        _ = FaceCache(path).images[0]


def settings(path, **changes):
    return SOURCES.parse({"source": "affectnet", "path": str(path), "size": SIZE, **changes})


def test_training_reads_the_cache_or_the_originals(cache, released):
    from_cache, _ = settings(cache).read(None)
    from_originals, _ = settings(released[0]).read(None)
    np.testing.assert_array_equal(from_cache.inputs[:], from_originals.inputs[:])
    assert from_cache.annotations.ids.tolist() == from_originals.annotations.ids.tolist()


def test_a_larger_cache_serves_a_smaller_size(cache, released):
    scaled = settings(cache, size=28).read(None)[0].inputs
    assert scaled.shape == (7, 3, 28, 28)
    whole = FaceCache(cache).images[:].astype(float)
    halved = whole.reshape(7, 3, 28, 2, 28, 2).mean(axis=(3, 5))
    assert np.abs(scaled[:] - halved).mean() < 3
    np.testing.assert_array_equal(scaled[[5, 2]], scaled[:][[5, 2]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 64}, "data.size is 64, but the faces of the cache are 56 pixels wide\n.*--size 64"),
        ({"classes": 8}, "data.classes is 8, but the cache was made with 7"),
        ({"channels": 1}, "data.channels is 1, but the cache was made with 3"),
        ({"source": "aff-wild2"}, "data.source is 'aff-wild2', but the cache was made with 'affectnet'"),
    ],
)
def test_a_cache_that_was_made_otherwise_is_refused(cache, changes, message):
    with pytest.raises(InputError, match=message.replace("\n", r"\n(.*\n)*")):
        settings(cache, **changes).read(None)
