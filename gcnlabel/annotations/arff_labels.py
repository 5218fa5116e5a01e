"""Find the labels among the attributes of an ARFF file: by Mulan's XML, or MEKA's option in the relation's name."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from gcnlabel.annotations.arff_file import ArffFile
from gcnlabel.annotations.arff_text import unescaped
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.files import existing_file

MEKA = re.compile(r"(?:^|[\s:'\"])-[Cc]\s*(-?\d{1,9})(?!\d)")
FILTERED = re.compile(r"weka\.filters\.\w+\.attribute\.(Remove|Reorder|Add)")
"""Names of filters that moved attributes, which Weka appends to the relation's name."""


class LabelXml(NamedTuple):
    """Mulan's file: the names of the labels as written, and the encoding that it declares."""

    names: list[str]
    encodings: tuple[str, ...]


def read_label_xml(path: str | Path) -> list[str]:
    """Return the names of the labels in Mulan's XML, parents before their children.

    Raises:
        InputError: The file is no XML, names no label or duplicates, or declares entities.
    """
    return parse_label_xml(path).names


def parse_label_xml(path: str | Path) -> LabelXml:
    """Return the names as :func:`read_label_xml`, and the declared encoding."""
    path = existing_file(path, "XML of labels")
    names: list[str] = []
    encodings: list[str] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "label":
            names.append(given.get("name", ""))

    def entity(name: str, *rest: Any) -> None:
        raise InputError(f"{path} declares an entity, {name[:40]!r}", expected="labels by their names alone")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.XmlDeclHandler = lambda version, encoding, standalone: encodings.extend([encoding] if encoding else [])
    try:
        parser.Parse(path.read_bytes(), True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is no XML: {error}", fix="save it as UTF-8, or declare its encoding") from error
    if not names or "" in names:
        raise InputError(f"{path} names no label", expected='<labels><label name="..."/></labels>')
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(f"{path} names labels twice: {shorten(twice)}")
    return LabelXml(names, tuple(encodings))


def label_places(file: ArffFile, names: Sequence[str] | None) -> list[int]:
    """Return the indices of the named labels, or of MEKA's labels if ``names`` is None.

    Raises:
        InputError: A name has no attribute, or the relation's name has no option of MEKA.
    """
    return _meka_places(file) if names is None else find_attributes(file, names)


def find_attributes(file: ArffFile, names: Iterable[str]) -> list[int]:
    """Return the indices of attributes, matched by their names as written, else by unescaped names.

    Raises:
        InputError: A name has no attribute, or two names have the same.
    """
    plain = {attribute.name: i for i, attribute in enumerate(file.attributes)}
    known = plain | {attribute.written: i for i, attribute in enumerate(file.attributes)}
    composed = {_composed(name): place for name, place in plain.items()}
    found = {name: known.get(name, plain.get(unescaped(name), composed.get(_composed(name)))) for name in names}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        fix = closest(missing[0], plain)
        raise InputError(f"labels without an attribute: {shorten(missing)}", where=file.path, fix=fix)
    places = [place for place in found.values() if place is not None]
    times = Counter(places)
    twice = [name for name, place in found.items() if place is not None and times[place] > 1]
    if twice:
        raise InputError(f"labels that name the same attribute: {shorten(twice)}", where=file.path)
    return places


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", unescaped(name))


def names_labels(file: ArffFile) -> bool:
    """Return whether the relation's name has MEKA's option."""
    return _meka_count(file) != 0


def _meka_count(file: ArffFile) -> int:
    match = MEKA.search(file.relation.partition(":")[2]) or MEKA.search(file.relation)
    return 0 if match is None else int(match[1])


def _meka_places(file: ArffFile) -> list[int]:
    count, places = _meka_count(file), list(range(len(file.attributes)))
    if count == 0:
        raise InputError(
            f"{file.path} does not declare which attributes are labels",
            expected="an XML file of labels, -C n in the relation's name, or tasks that name them",
        )
    if abs(count) > len(places):
        what = f"-C {count} of {len(places)} attributes"
        raise InputError(what, where=f"{file.path}, @relation", expected="at most all attributes as labels")
    places = places[:count] if count > 0 else places[count:]
    if FILTERED.search(file.relation):
        names = shorten(file.attributes[i].name for i in places)
        text = f"{file.path}: Weka moved attributes after -C {count} was declared; the labels may not be {names}:"
        warnings.warn(f"{text} an XML file of labels names them independent of order", GcnlabelWarning, stacklevel=6)
    return places
