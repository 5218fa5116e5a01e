"""Tables: text with cells and Parquet, and what stands in tables beside annotations."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl

from file_kinds.kind import SLOW, file_kind, texts
from gcnlabel.annotations import Layout, Long, count_rows, read_table
from gcnlabel.faces.places import read_face_places
from gcnlabel.graph import read_raw_graph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("mood", ("sad", "happy", "calm")),
        MultiLabel("tags", ("cat", "dog")),
        Dimensional("affect", ("valence", "arousal"), range=(-1, 1)),
    ]
)
MOODS = ("sad", "happy", "calm", "")
ROWS = [
    f"i/{i}.jpg,{MOODS[i % 4]},{i % 2},{-1 if i % 3 else 1},{i / 20},{-i / 30},{('train', 'test')[i % 2]}"
    for i in range(16)
]
CSV = "\n".join(["image,mood,cat,dog,valence,arousal,split", *ROWS]) + "\n"
QUOTED = CSV.replace("happy", '"happy"').replace("i/3.jpg", '"i/3, ""x"".jpg"')
LONG = "image,label,value\n" + "".join(f"{i},{name},{i % 2}\n" for i in range(6) for name in ("cat", "dog"))
COUNTS = "label,count,cat,dog,cow\ncat,30,30,12,1\ndog,20,12,20,0\ncow,9,1,0,9\n"
FACES = "image,face_x,face_y,face_width,face_height,facial_landmarks\n" + "".join(
    f"{i}.jpg,4,5,60,6{i},{';'.join(str((7 * j) % 40 + j) for j in range(136))}\n" for i in range(3)
)


def _write_csv(folder: Path) -> None:
    texts(plain__csv=CSV, quoted__csv=QUOTED, spaced__csv=CSV.replace(",", " ").replace("  ", " - "))(folder)
    (folder / "packed.csv.gz").write_bytes(gzip.compress(CSV.encode(), mtime=0))
    (folder / "windows.csv").write_bytes(CSV.replace("\n", "\r\n").encode("utf-8-sig"))


def _write_parquet(folder: Path) -> None:
    cells = [line.split(",") for line in CSV.splitlines()]
    frame = pl.DataFrame(dict(zip(cells[0], zip(*cells[1:], strict=True), strict=True)))
    frame.write_parquet(folder / "text.parquet")
    numbers = frame.with_columns(pl.col("cat", "dog").cast(pl.Int8), pl.col("valence", "arousal").cast(pl.Float64))
    numbers.write_parquet(folder / "numbers.parquet", compression="uncompressed")


@file_kind("csv", _write_csv, "plain.csv", "quoted.csv", "packed.csv.gz", "windows.csv")
@file_kind("tsv", texts(tabs__tsv=CSV.replace(",", "\t"), semicolons__csv=CSV.replace(",", ";")), "*.tsv", "*.csv")
@file_kind("parquet", _write_parquet, "*.parquet", count=SLOW)  # each is decoded in a process of its own
def _read_table(path: Path) -> None:
    read_table(path, TASKS, split_column="split", id_column="image")
    count_rows(path)


@file_kind("long-csv", texts(long__csv=LONG), "long.csv")
def _read_long(path: Path) -> object:
    tags = TaskSet([MultiLabel("tags", ("cat", "dog"))])
    return read_table(path, tags, layout=Layout(long=Long("image", "label", "value")), id_column="image")


@file_kind("matrix-csv", texts(m__csv="label,cat,dog\ncat,1,0.5\ndog,-0.25,1\n"), "m.csv")
def _read_matrix(path: Path) -> object:
    return read_raw_graph("matrix", path)


@file_kind("counts-csv", texts(c__csv=COUNTS), "c.csv")
def _read_counts(path: Path) -> object:
    return read_raw_graph("counts", path)


@file_kind("edges-csv", texts(e__csv="source,target,weight\ncat,dog,0.5\ndog,cow,1e-3\n"), "e.csv")
def _read_edges(path: Path) -> object:
    return read_raw_graph("edges", path)


@file_kind("face-places", texts(faces__csv=FACES), "faces.csv")
def _read_places(path: Path) -> object:
    return read_face_places(path)
