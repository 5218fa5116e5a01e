import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.annotations import read_voc
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe

NAN = np.nan
VALUES = {"train": {"person": [1, 0, -1], "cat": [-1, 0, 1]}, "test": {"person": [0, 1], "cat": [1, -1]}}
IMAGES = {"train": ["000012", "000005", "2008_000002"], "test": ["000001", "000002"]}


def write_voc(root, values=VALUES, images=IMAGES):
    folder = root / "ImageSets" / "Main"
    folder.mkdir(parents=True, exist_ok=True)
    for name, by_class in values.items():
        (folder / f"{name}.txt").write_text("\n".join(images[name]) + "\n")  # the list of all images, as VOC has it
        for label, signs in by_class.items():
            lines = [f"{image} {sign:2d}\n" for image, sign in zip(images[name], signs, strict=True)]
            (folder / f"{label}_{name}.txt").write_text("".join(lines))
    return root


def test_classes_in_alphabetical_order_and_difficult_is_unknown(tmp_path):
    found = read_voc(write_voc(tmp_path), ["train", "test"])
    assert found.tasks["objects"].labels == ("cat", "person")
    assert found.ids.tolist() == IMAGES["train"] + IMAGES["test"]
    assert found.split.tolist() == ["train"] * 3 + ["test"] * 2
    expected = [[0, 1], [NAN, NAN], [1, 0], [1, NAN], [0, 1]]
    np.testing.assert_array_equal(found.targets["objects"], expected)
    assert found.tasks["objects"].unknown == "negative"


@pytest.mark.parametrize(("how", "value"), [("negative", 0), ("positive", 1)])
def test_difficult_as_the_caller_says(how, value, tmp_path):
    found = read_voc(write_voc(tmp_path), ["train", "test"], difficult=how)
    assert found.targets["objects"][1].tolist() == [value, value]
    by_set = read_voc(tmp_path, ["train", "test"], difficult={"train": how}).targets["objects"]
    np.testing.assert_array_equal(by_set[1:4], [[value, value], [1, 0], [1, NAN]])


def test_lists_of_other_sets_do_not_matter(tmp_path):
    write_voc(tmp_path)
    trainval = {"trainval": {"person": [1], "cat": [1]}}
    write_voc(tmp_path, trainval, {"trainval": ["a"]})
    assert read_voc(tmp_path, ["train"]).ids.tolist() == IMAGES["train"]
    assert read_voc(tmp_path, ["trainval"]).ids.tolist() == ["a"]


def test_hidden_copies_of_macos_are_no_classes(tmp_path):
    write_voc(tmp_path)
    (main(tmp_path) / "._cat_train.txt").write_bytes(b"\x00\x05\x16\x07")
    assert read_voc(tmp_path, ["train"]).tasks["objects"].labels == ("cat", "person")


def main(root):
    return root / "ImageSets" / "Main"


@pytest.mark.parametrize("line", ["000012", "000012 1 1", "000012 1 0 0", "000012 2", "000012 x", "000012 1.0"])
def test_a_line_is_an_image_and_one_of_three_values(line, tmp_path):
    path = main(write_voc(tmp_path)) / "cat_train.txt"
    path.write_text(path.read_text().replace("000012 -1", line))
    with pytest.raises(InputError, match=r"(?s)cat_train\.txt, line 1.*<image> 0") as caught:
        read_voc(tmp_path, ["train"])
    assert line in str(caught.value)


def test_empty_lines_and_line_ends_of_windows_are_passed_over(tmp_path):
    path = main(write_voc(tmp_path)) / "cat_train.txt"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    np.testing.assert_array_equal(read_voc(tmp_path, ["train"]).targets["objects"][:, 0], [0, NAN, 1])


def test_what_does_not_fit_together_is_named(tmp_path):
    path = main(write_voc(tmp_path)) / "cat_train.txt"
    path.write_text("000012 1\n000005 1\n")
    says = r"'2008_000002' is in person_train.txt and not in cat_train.txt \(1 such\)"
    with pytest.raises(InputError, match=says):
        read_voc(tmp_path, ["train"])
    path.write_text("000012 1\n000012 1\n")
    with pytest.raises(InputError, match="duplicate image '000012'"):
        read_voc(tmp_path, ["train"])
    path.write_text("\n")
    with pytest.raises(InputError, match=r"cat_train\.txt names no image"):
        read_voc(tmp_path, ["train"])
    path.unlink()
    with pytest.raises(InputError, match=r"no list cat_train\.txt"):
        read_voc(tmp_path, ["train", "test"])


def test_sets_may_not_share_an_image(tmp_path):
    write_voc(tmp_path, VALUES | {"trainval": VALUES["train"]}, IMAGES | {"trainval": IMAGES["train"]})
    with pytest.raises(InputError, match=r"'000012' is in the sets 'trainval' and 'train'"):
        read_voc(tmp_path, ["trainval", "train"])
    assert len(read_voc(tmp_path, ["test", "test"])) == 2


def test_wrong_folders_and_sets(tmp_path):
    write_voc(tmp_path / "VOC2007")
    with pytest.raises(InputError, match=r"(?s)no folder .*ImageSets/Main.*name one of .*VOC2007"):
        read_voc(tmp_path, ["train"])
    with pytest.raises(InputError, match="no folder"):
        read_voc(tmp_path / "nowhere", ["train"])
    with pytest.raises(InputError, match=r"(?s)no list of the set 'tran'.*test, train.*did you mean 'train'"):
        read_voc(tmp_path / "VOC2007", ["tran"])
    with pytest.raises(InputError, match=r"difficult: 'positve' for the set 'train'"):
        read_voc(tmp_path / "VOC2007", ["train"], difficult="positve")
    with pytest.raises(InputError, match=r"(?s)difficult: 'negative' for the set 'tran'.*did you mean 'train'"):
        read_voc(tmp_path / "VOC2007", ["train"], difficult={"tran": "negative"})


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(*[st.sampled_from([-1, 0, 1])] * 4), min_size=1, max_size=20))
def test_the_graph_counts_difficult_as_it_is_said(rows, tmp_path_factory):
    signs = np.array(rows)
    root = tmp_path_factory.mktemp("voc")
    by_class = {"trainval": {f"c{c}": signs[:, c] for c in range(4)}}
    write_voc(root, by_class, {"trainval": [f"{i:06d}" for i in range(len(signs))]})
    counted = {"negative": signs == signs, "unknown": signs != 0, "positive": signs == signs}
    for how, seen in counted.items():
        shown = signs >= 0 if how == "positive" else signs == 1
        found = read_voc(root, ["trainval"], difficult=how)
        graph = GraphRecipe(convention="ml-gcn-paper").measure(found)
        for i in range(4):
            for j in range(4):
                among = shown[:, i] & seen[:, j]
                if i != j:
                    expected = (among & shown[:, j]).sum() / among.sum() if among.any() else 0
                    assert graph.statistic[i, j].item() == pytest.approx(expected)


def test_the_published_statistics_have_the_names_of_the_lists_in_their_order(shared_data):
    with (shared_data / "label_statistics" / "voc2007_cooccurrence.csv").open() as file:
        names = [row["label"] for row in csv.DictReader(file)]
    assert names == sorted(names)
    assert len(names) == 20
