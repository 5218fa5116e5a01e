"""What values say, whatever their order: labels, inputs, train against test."""

import warnings

import numpy as np
import pytest
from scipy import sparse

from gcnlabel.annotations import read_arff, read_arff_splits
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import TaskSet

NAN = np.nan


@pytest.fixture
def write(tmp_path):
    def make(attributes, rows, name="a.arff", labels=1):
        lines = [f"@relation 'r: -C {labels}'", *(f"@attribute {a}" for a in attributes), "@data", *rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return tmp_path / name

    return make


def tags(annotations):
    return np.asarray(annotations.targets["labels"]).T.tolist()


@pytest.mark.parametrize(
    "pair",
    [
        ("0", "1"),
        ("-1", "1"),
        ("-1", "+1"),
        ("0.0", "1.0"),
        ("-1.00", "1.00"),
        ("false", "true"),
        ("FALSE", "TRUE"),
        ("False", "True"),
        ("no", "yes"),
        ("No", "YES"),
        ("n", "y"),
        ("N", "Y"),
        ("f", "t"),
        ("F", "T"),
        ("absent", "present"),
        ("Absent", "Present"),
        ("'0'", "'1'"),
        ('"no"', "yes"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_label_is_what_its_value_says(write, pair, turned):
    absent, present = pair
    declared = f"t {{{present},{absent}}}" if turned else f"t {{{absent},{present}}}"
    rows = [f"{present},1.5", f"{absent},2", "?,3"]
    np.testing.assert_array_equal(tags(read_arff(write([declared, "x real"], rows))), [[1, 0, NAN]])


@pytest.mark.parametrize(("only", "tag"), [("1", 1), ("0", 0), ("yes", 1), ("NO", 0), ("1.0", 1), ("present", 1)])
def test_a_label_with_one_value(write, only, tag):
    found = tags(read_arff(write([f"t {{{only}}}", "x real"], [f"{only},1", "?,2"])))
    np.testing.assert_array_equal(found, [[tag, NAN]])


@pytest.mark.parametrize(
    "values",
    ["K,NEG", "0,yes", "no,1", "true,yes", "-1,0", "1,2", "on,off", "R", "-1", "0,0.0", "n,yes"],
)
def test_every_other_pair_is_refused_by_name(write, values):
    first = values.split(",")[0]
    with pytest.raises(InputError, match=r"(?s)which value of label 'mood' means present.*present: \{'mood': ") as e:
        read_arff(write([f"mood {{{values}}}", "x real"], [f"{first},1"]))
    assert all(value in str(e.value) for value in values.split(","))


def test_a_label_of_more_values_is_no_tag(write):
    with pytest.raises(InputError, match=r"(?s)'t' has values other than 0 and 1: -1, 0, 1.*categorical"):
        read_arff(write(["t {-1,0,1}", "x real"], ["1,1"]))
    with pytest.raises(InputError, match=r"(?s)'t' has values other than 0 and 1: 0, 0.5, 1.*dimensional"):
        read_arff(write(["t real", "x real"], ["1,1", "0,1", ".5,1"]))


def test_numbers_as_labels_go_by_all_files(write):
    train = write(["t numeric", "x real"], ["1,1", "-1,2"], "train.arff")
    test = write(["t numeric", "x real"], ["-1.0,1"], "test.arff")
    annotations = read_arff_splits({"train": train, "test": test})
    assert tags(annotations) == [[1, 0, 0]]
    with pytest.raises(InputError, match="it is not known which value"):  # -1 alone may mean anything
        read_arff(test)


def test_present_declares_a_pair(write):
    path = write(["a {K,NEG}", "b {NEG,R}", "x real"], ["K,R,1", "NEG,NEG,2", "K,?,3"], labels=2)
    found = tags(read_arff(path, present={"a": "K", "b": "R"}))
    np.testing.assert_array_equal(found, [[1, 0, 1], [1, 0, NAN]])
    np.testing.assert_array_equal(tags(read_arff(path, present={"a": "NEG", "b": "R"}))[0], [0, 1, 0])


@pytest.mark.parametrize(
    ("present", "message"),
    [
        ({"t": "K"}, "'K' is no value of the label 't'"),
        ({"tt": "yes"}, r"(?s)present names unknown tags: tt.*did you mean 't'"),
        ({"x": "1"}, "present names unknown tags: x"),
        ({"t": "yes"}, "has no effect"),
    ],
)
def test_present_that_says_nothing_is_an_error(write, present, message):
    with pytest.raises(InputError, match=message):
        read_arff(write(["t {yes,no}", "x real"], ["yes,1"]), present=present)


@pytest.mark.parametrize(("attribute", "cell", "present"), [("t real", "-1", "1"), ("t {NEG}", "NEG", "POS")])
def test_a_tag_that_no_row_has_can_be_declared(write, attribute, cell, present):
    path = write([attribute, "x real"], [f"{cell},1", f"{cell},2"])
    with pytest.raises(InputError, match="if that means present; otherwise name the value"):
        read_arff(path)
    assert tags(read_arff(path, present={"t": present})) == [[0, 0]]
    with pytest.raises(InputError, match="'NEH' is no value.*(?s:.)*did you mean 'NEG'"):
        read_arff(write(["t {NEG}", "x real"], ["NEG,1"]), present={"t": "NEH"})


@pytest.mark.parametrize(
    ("train", "test"),
    [(("{no,yes}", "no", "yes"), ("{YES,NO}", "NO", "YES")), (("{0.0,1.0}", "0.0", "1.0"), ("real", "0", "1.00")),
     (("{FALSE,TRUE}", "FALSE", "TRUE"), ("{1,0}", "0", "1"))],
)  # fmt: skip
def test_files_may_write_tags_differently(write, train, test):
    files = {}
    for name, (kind, absent, present) in {"train": train, "test": test}.items():
        files[name] = write([f"t {kind}", "x real"], [f"{absent},1", f"{present},2"], f"{name}.arff")
    assert tags(read_arff_splits(files)) == [[0, 1, 0, 1]]


def test_declared_tags_may_differ_in_case_between_files(write):
    files = {
        "train": write(["t {NEG,POS}", "x real"], ["NEG,1", "POS,1"]),
        "test": write(["t {pos,neg}", "x real"], ["neg,1", "pos,1"], "b.arff"),
    }
    assert tags(read_arff_splits(files, present={"t": "POS"})) == [[0, 1, 0, 1]]


def test_minus_one_in_one_file_and_zero_in_another_are_refused(write):
    files = {
        "train": write(["t real", "x real"], ["-1,1", "1,1"]),
        "test": write(["t real", "x real"], ["0,1", "1,1"], "b.arff"),
    }
    with pytest.raises(InputError, match="other than 0 and 1: -1, 1, 0"):
        read_arff_splits(files)


def test_present_can_turn_a_pair_around(write):
    assert tags(read_arff(write(["t {0,1}", "x real"], ["0,1", "1,1"]), present={"t": "0"})) == [[1, 0]]


def test_declared_missing_values_of_a_tag(write):
    tasks = TaskSet.from_dict({"labels": {"type": "multilabel", "labels": ["t"], "missing": ["u"]}})
    found = tags(read_arff(write(["t {yes,u,no}", "x real"], ["yes,1", "u,1", "no,1"]), tasks=tasks))
    np.testing.assert_array_equal(found, [[1, NAN, 0]])


def test_sparse_rows_that_leave_out_a_label_have_its_first_value(write):
    path = write(["t {yes,no}", "u {no,yes}", "x real"], ["{1 yes, 2 1}", "{0 no}", "{0 ?, 2 3}"], labels=2)
    with pytest.warns(GcnlabelWarning, match="1 sparse row.*'t'.*'yes', which means present"):
        found = tags(read_arff(path))
    np.testing.assert_array_equal(found, [[1, 0, NAN], [1, 0, 0]])


def test_sparse_rows_in_the_usual_order_warn_of_nothing(write):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tags(read_arff(write(["t {0,1}", "x real"], ["{0 1}", "{1 2}", "{}"]))) == [[1, 0, 0]]


def test_a_binary_input_is_one_column_by_its_values(write):
    inputs = ["a {yes,no}", "b {1,0}", "c {male,female}", "d {-1,1}", "e {red}", "f {b,a,c}", "g {1}"]
    rows = ["1,yes,0,male,-1,red,a,1", "0,no,1,female,1,?,?,1"]
    features = read_arff(write(["t {0,1}", *inputs], rows)).features
    expected = [[1, 0, 1, 0, 1, 0, 1, 0, 1], [0, 1, 0, 1, NAN, NAN, NAN, NAN, 1]]  # female, male: by their names
    np.testing.assert_array_equal(features, expected)


def test_sparse_nominal_inputs(write):
    inputs = ["a {1,0}", "b {x,y,z}", "c {0,1}", "n real"]
    features = read_arff(write(["t {0,1}", *inputs], ["{0 1, 1 0, 2 z, 3 1, 4 5}", "{}", "{2 ?}"])).features
    assert sparse.issparse(features)
    np.testing.assert_array_equal(
        features.toarray(), [[0, 0, 0, 1, 1, 5], [1, 1, 0, 0, 0, 0], [1, NAN, NAN, NAN, 0, 0]]
    )


def test_files_are_matched_by_name_and_value(write, tmp_path):
    (tmp_path / "a.xml").write_text('<labels><label name="u"/><label name="t"/></labels>')
    train = ["x real", "sky {calm,storm,fog}", "sex {male,female}", "on {no,yes}", "t {0,1}", "u {0,1}"]
    test = ["u {1,0}", "sky {fog,storm}", "'x' real", "on {YES,NO}", "sex {female,male}", "t {0,1}"]
    files = {
        "train": write(train, ["1,calm,male,yes,1,0", "2,fog,female,no,0,1"], "train.arff"),
        "test": write(test, ["0,fog,3,YES,male,1", "1,storm,4,NO,female,0"], "test.arff"),
    }
    annotations = read_arff_splits(files, tmp_path / "a.xml")
    assert annotations.tasks.labels == ("u", "t")
    assert tags(annotations) == [[0, 1, 0, 1], [1, 0, 1, 0]]
    expected = [[1, 1, 0, 0, 1, 1], [2, 0, 0, 1, 0, 0], [3, 0, 0, 1, 1, 1], [4, 0, 1, 0, 0, 0]]
    np.testing.assert_array_equal(annotations.features, expected)


def test_meka_files_whose_labels_stand_in_another_order(write):
    files = {
        "train": write(["a {0,1}", "b {0,1}", "x real"], ["1,0,5"], "train.arff", labels=2),
        "test": write(["x real", "b {0,1}", "a {0,1}"], ["6,0,1"], "test.arff", labels=-2),
    }
    annotations = read_arff_splits(files)
    assert (tags(annotations), annotations.features.tolist()) == ([[1, 1], [0, 0]], [[5], [6]])


@pytest.mark.parametrize(
    ("attributes", "row", "message"),
    [
        (["t {0,1}", "x real"], "1,1", "test.arff lacks inputs of the other file: sky"),
        (["t {0,1}", "x real", "sky {a,b,c}", "y real"], "1,1,a,1", "train.arff lacks inputs of the other file: y"),
        (["t {0,1}", "x real", "sky {a,b,d}"], "1,1,d", "'sky' has the value 'd'"),
        (["t {0,1}", "x {1,2}", "sky {a,b,c}"], "1,1,a", "'x' is numeric in .*train.arff, nominal in .*test.arff"),
        (["v {0,1}", "x real", "sky {a,b,c}"], "1,1,a", "different labels: t, v"),
        (["t {R,NEG}", "x real", "sky {a,b,c}"], "R,1,a", "'t' has values other than 0 and 1: 0, 1, R, NEG"),
    ],
)
def test_what_cannot_be_matched_is_named(write, attributes, row, message):
    train = write(["t {0,1}", "x real", "sky {a,b,c}"], ["1,1,a"], "train.arff")
    with pytest.raises(InputError, match=message):
        read_arff_splits({"train": train, "test": write(attributes, [row], "test.arff")})


def test_a_value_that_is_declared_but_not_used_does_no_harm(write):
    train = write(["t {0,1}", "sky {a,b,c}"], ["1,a"], "train.arff")
    test = write(["t {0,1}", "sky {d,b,a,c}"], ["0,b"], "test.arff")
    features = read_arff_splits({"train": train, "test": test}).features
    assert features.tolist() == [[1, 0, 0], [0, 1, 0]]
