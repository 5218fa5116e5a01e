"""Lists of other people's data sets: ARFF with XML, COCO, VOC."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from trials import LostError

from file_kinds.kind import file_kind, texts
from gcnlabel.annotations import Annotations, read_arff_splits, read_coco, read_voc

DENSE = r"""% a comment
@relation 'dense: -C 2 -split-percentage 50'
@attribute 'b c' {0,1}
@attribute TAG_m\'usica {yes,no} % behind content
@attribute x numeric
@attribute "colour" {red, 'dark blue', "pale, grey"}
@attribute name string
@data
1,yes,1.5,'dark blue','a.wav'
0,no,?,red,"b.wav", {2}
?,yes,-2e3,"pale, grey",'c\'s.wav'
"""
SPARSE = r"""@relation sparse
@attribute x numeric
@attribute y real
@attribute 'b c' {0,1}
@attribute TAG_m\'usica {0,1}
@data
{0 1.5, 2 1}
{1 -3,3 1}, {0.5}
{}
"""
XML = r"""<?xml version="1.0" encoding="utf-8"?>
<labels xmlns="http://mulan.sourceforge.net/labels">
<label name="TAG_m\'usica"><label name="b c"></label></label>
</labels>
"""
COCO = {
    "images": [{"id": i, "file_name": f"{i}.jpg", "width": 640, "height": 480} for i in (9, 57870, 3)],
    "categories": [{"id": i, "name": name} for i, name in ((90, "toothbrush"), (1, "person"), (18, "dog"))],
    "annotations": [
        {"id": n, "image_id": image, "category_id": category, "iscrowd": n % 2, "bbox": [1, 2.5, 30, 40]}
        for n, (image, category) in enumerate(((9, 1), (9, 18), (57870, 90), (57870, 1)))
    ],
}


def _write_voc(folder: Path) -> None:
    lists = folder / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    for name, signs in {"cat": (1, -1, 0), "dog": (-1, 1, 1), "person": (0, 0, -1)}.items():
        rows = "".join(
            f"{image} {sign:2d}\n" for image, sign in zip(("000012", "000005", "2008_1"), signs, strict=True)
        )
        (lists / f"{name}_train.txt").write_text(rows)
    (lists / "train.txt").write_text("000012\n000005\n2008_1\n")


def _check(found: Annotations) -> None:
    """Check that tags are 0, 1 or missing, whatever stood in a damaged file.

    Raises:
        LostError: One is not.
    """
    for tags in found.targets.values():
        if not np.isin(tags[~np.isnan(tags)], (0, 1)).all():
            raise LostError("a tag is neither 0 nor 1")


@file_kind("arff-dense", texts(dense__arff=DENSE), "dense.arff")
def _read_dense(path: Path) -> None:
    _check(read_arff_splits({"train": path}))


@file_kind("arff-sparse", texts(train__arff=SPARSE, test__arff=SPARSE, labels__xml=XML), "train.arff", "test.arff")
@file_kind("xml", texts(train__arff=SPARSE, test__arff=SPARSE, labels__xml=XML), "labels.xml")
def _read_sparse(path: Path) -> None:
    arff = {name: path.parent / f"{name}.arff" for name in ("train", "test")}
    _check(read_arff_splits(arff, path.parent / "labels.xml"))


@file_kind("coco", texts(instances__json=json.dumps(COCO)), "instances.json")
def _read_coco(path: Path) -> None:
    _check(read_coco(path))


@file_kind("voc", _write_voc, "ImageSets/Main/*.txt")
def _read_voc(path: Path) -> None:
    _check(read_voc(path.parents[2], ["train"]))
