import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.annotations import read_coco, read_coco_splits
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, graph_from_counts, read_counts

CATEGORIES = [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}, {"id": 18, "name": "dog"}]
IMAGES = [{"id": 9, "file_name": "b.jpg"}, {"id": 57870, "file_name": "a.jpg"}, {"id": 3, "file_name": "c.jpg"}]
ANNOTATIONS = [
    {"id": 1, "image_id": 9, "category_id": 1, "iscrowd": 0},
    {"id": 2, "image_id": 9, "category_id": 1, "iscrowd": 0},
    {"id": 3, "image_id": 57870, "category_id": 90, "iscrowd": 1},
    {"id": 4, "image_id": 57870, "category_id": 1, "iscrowd": 0},
]


def content(**changed):
    return {"images": IMAGES, "annotations": ANNOTATIONS, "categories": CATEGORIES, **changed}


def write(path, what):
    path.write_text(what if isinstance(what, str) else json.dumps(what))
    return path


def test_tags_of_images_in_the_order_of_the_ids_of_the_categories(tmp_path):
    found = read_coco(write(tmp_path / "x.json", content(info={"year": 2014}, licenses=[])), split="train")
    assert found.tasks["objects"].labels == ("person", "dog", "toothbrush")
    assert found.ids.tolist() == ["b.jpg", "a.jpg", "c.jpg"]
    assert found.split.tolist() == ["train"] * 3
    crowd_counts = [1, 0, 1]
    assert found.targets["objects"].tolist() == [[1, 0, 0], crowd_counts, [0, 0, 0]]


def test_images_without_annotations_are_negative_or_left_out(tmp_path):
    path = write(tmp_path / "x.json", content())
    assert read_coco(path, empty_images="left-out").ids.tolist() == ["b.jpg", "a.jpg"]
    with pytest.raises(InputError, match="no image with an annotation"):
        read_coco(write(path, content(annotations=[])), empty_images="left-out")
    assert not read_coco(path).targets["objects"].any()


def test_ids_may_be_texts_and_the_file_may_begin_with_a_mark(tmp_path):
    whole = content(
        images=[{"id": "x1", "file_name": "sub/é.jpg"}],
        categories=[{"id": "b", "name": "dog"}, {"id": "a", "name": "cat"}],
        annotations=[{"image_id": "x1", "category_id": "b"}],
    )
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(whole, ensure_ascii=False).encode())
    found = read_coco(path)
    assert (found.ids.tolist(), found.tasks.labels) == (["sub/é.jpg"], ("cat", "dog"))
    assert found.targets["objects"].tolist() == [[0, 1]]


def test_splits_are_files_of_the_same_categories(tmp_path):
    train = write(tmp_path / "train.json", content())
    val = write(tmp_path / "val.json", content(images=IMAGES[:1], annotations=[], categories=CATEGORIES[::-1]))
    found = read_coco_splits({"train": train, "val": val}, task_name="things")
    assert found.split.tolist() == ["train"] * 3 + ["val"]
    assert found.targets["things"][3].tolist() == [0, 0, 0]
    write(val, content(categories=[*CATEGORIES, {"id": 2, "name": "bicycle"}]))
    with pytest.raises(InputError, match=r"train\.json and .*val\.json declare different categories: bicycle"):
        read_coco_splits({"train": train, "val": val})
    swapped = [{"id": 1, "name": "dog"}, {"id": 18, "name": "person"}, CATEGORIES[0]]
    with pytest.raises(InputError, match="different categories: person, dog"):
        read_coco_splits({"train": train, "val": write(val, content(categories=swapped))})
    with pytest.raises(InputError, match="no COCO file given"):
        read_coco_splits({})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("\xff", "is no JSON"),
        ([1], "no list 'images'"),
        ({"images": IMAGES, "categories": CATEGORIES}, "no list 'annotations'"),
        (content(categories=None), "no list 'categories'"),
        (content(images=["a.jpg"]), "no list 'images' of objects"),
        (content(categories=[]), "declares no category"),
        (content(images=[]), "declares no image"),
        (content(annotations=[{"image_id": 4, "category_id": 1}]), r"(?s)image_id 4 is not declared.*annotations\[0\]"),
        (
            content(annotations=[{"image_id": 9, "category_id": 2}]),
            "(?s)category_id 2 is not declared.*90, 1, 18|1, 18",
        ),
        (content(annotations=[{"image_id": "9", "category_id": 1}]), "(?s)'9' is not declared.*the id 9 is declared"),
        (content(annotations=[{"category_id": 1}]), "no 'image_id'"),
        (content(annotations=[{"image_id": [9], "category_id": 1}]), r"image_id is \[9\]"),
        (content(annotations=[{"image_id": True, "category_id": 1}]), "image_id is True"),
        (content(images=[{"id": 9}]), "no 'file_name'"),
        (content(images=[{"id": 9, "file_name": ""}]), "file_name is ''"),
        (content(categories=[{"id": 1, "name": 5}]), r"(?s)name is 5.*categories\[0\]"),
        (content(images=[*IMAGES, {"id": 9, "file_name": "z.jpg"}]), r"(?s)duplicate id 9.*images\[3\]"),
        (
            content(images=[*IMAGES, {"id": 8, "file_name": "b.jpg"}]),
            "duplicate file_name 'b.jpg', with the ids 9 and 8",
        ),
        (content(categories=[*CATEGORIES, {"id": 2, "name": "dog"}]), "duplicate name 'dog'"),
    ],
)
def test_what_is_wrong_is_named(wrong, says, tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(wrong.encode("latin-1")) if isinstance(wrong, str) else write(path, wrong)
    with pytest.raises(InputError, match=says) as caught:
        read_coco(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="COCO file not found"):
        read_coco(tmp_path / "x.json")


@settings(max_examples=30, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=40),
    ids=st.permutations([3, 7, 100, 1, 44]),
)
def test_the_graph_is_of_the_counts_of_images(pairs, ids, tmp_path_factory):
    path = tmp_path_factory.mktemp("coco") / "x.json"
    whole = {
        "images": [{"id": 10 * i + 5, "file_name": f"{i}.jpg"} for i in range(10)],
        "categories": [{"id": key, "name": f"c{key}"} for key in ids],
        "annotations": [{"image_id": 10 * i + 5, "category_id": ids[c]} for i, c in pairs],
    }
    found = read_coco(write(path, whole))
    order = sorted(ids)
    assert found.tasks.labels == tuple(f"c{key}" for key in order)
    shown = np.zeros((10, 5))
    for i, c in pairs:
        shown[i, order.index(ids[c])] = 1
    np.testing.assert_array_equal(found.targets["objects"], shown)
    expected = np.zeros((5, 5))  # P(j | i) = images with both / images with i
    for i in range(5):
        for j in range(5):
            if i != j and shown[:, i].any():
                expected[i, j] = (shown[:, i] * shown[:, j]).sum() / shown[:, i].sum()
    graph = GraphRecipe(statistic="conditional").measure(found, found.tasks)
    np.testing.assert_allclose(graph.statistic.numpy() * (1 - np.eye(5)), expected)


def test_the_published_statistics_are_found_by_the_names_of_the_categories(tmp_path, shared_data):
    labels, counts, both = read_counts(shared_data / "label_statistics" / "coco2014_cooccurrence.csv")
    by_id = [{"id": i, "name": name} for i, name in enumerate(reversed(labels))]  # another order, as COCO's ids have
    found = read_coco(write(tmp_path / "x.json", content(categories=by_id, annotations=[])))
    graph = graph_from_counts(labels, counts, both).reorder(found.tasks)
    person, dog = (found.tasks.index(name) for name in ("person", "dog"))
    expected = both[labels.index("dog"), labels.index("person")] / counts[labels.index("dog")]
    assert graph.statistic[dog, person].item() == pytest.approx(expected)
