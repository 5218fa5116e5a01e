"""Parts by name, with their options read from their signatures."""

import sys
from typing import Annotated

import pytest
from pydantic import PositiveInt, ValidationError

from gcnlabel.code import code_refused, imported
from gcnlabel.errors import InputError
from gcnlabel.registry import Part, Registry
from gcnlabel.settings import Section

CUPS = Registry("cup", "gcnlabel.registry")
Cup = Annotated[Part, CUPS]


@CUPS.register("plain")
def plain(size, *, width: PositiveInt = 2):
    return size * width


@CUPS.register("double")
def double(size, *, of: Cup = "plain", times: PositiveInt = 2):
    return CUPS.make(of, size) * times


class Table(Section):
    cup: Cup = "plain"


def test_a_part_is_made_of_its_options():
    assert CUPS.make({"name": "plain", "width": 5}, 3) == 15
    assert CUPS.make("plain", 3) == 6
    assert CUPS.names() == ["double", "plain"]


def test_parts_nest():
    table = Table(cup={"name": "double", "of": {"name": "plain", "width": 7}})
    assert CUPS.make(table.cup, 1) == 14
    assert table.model_dump() == {"cup": {"name": "double", "of": {"name": "plain", "width": 7}, "times": 2}}
    assert Table.model_validate(table.model_dump()) == table


@pytest.mark.parametrize(
    ("cup", "place", "message"),
    [
        ({"name": "plain", "times": 2}, ("cup",), "unknown key 'times'"),
        ({"name": "double", "of": {"name": "plain", "widht": 2}}, ("cup", "of"), "unknown key 'widht'"),
        ({"name": "plain", "width": 0}, ("cup", "width"), "greater than 0"),
        ({"name": "double", "of": {"name": "plain", "width": "x"}}, ("cup", "of", "width"), "valid integer"),
        ("plian", ("cup",), "did you mean 'plain'"),
        ({"width": 2}, ("cup",), "no name of a cup"),
        (3, ("cup",), "no name of a cup"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(cup, place, message):
    with pytest.raises(ValidationError) as caught:
        Table(cup=cup)
    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert message in error["msg"]


def test_a_part_of_ones_own(tmp_path, monkeypatch):
    (tmp_path / "my_cups.py").write_text("def tall(size, *, height: int = 4):\n    return size + height\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert CUPS.make({"name": "my_cups:tall", "height": 1}, 3) == 4
    with pytest.raises(ValidationError, match="unknown key 'width'"):
        Table(cup={"name": "my_cups:tall", "width": 1})


def test_code_is_not_imported_where_it_is_refused(tmp_path, monkeypatch):
    (tmp_path / "never_imported.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with code_refused() as met:
        Table(cup={"name": "double", "of": {"name": "never_imported:cup", "any": 1}})
    assert met == ["never_imported:cup"]
    assert "never_imported" not in sys.modules


@pytest.mark.parametrize("name", ["no_such_module:part", "gcnlabel.registry:no_such_part", "json:"])
def test_code_that_is_not_there(name):
    with pytest.raises(InputError, match="cannot be imported"):
        imported(name)
