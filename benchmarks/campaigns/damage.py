"""Mutants: the bytes of a good file with a few faults, by a seed."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import zipfile
from typing import Any

TEXTS = (
    b"'", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b";", b":", b"%", b"?", b"#", b"&a ", b"*a", b"!!set ",
    b"\n", b"\r", b"\t", b"\0", b"- ", b"<", b">", b"&lt;", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9",
    b"\xe2\x80\xa8", b"../", b"[red]", b"null", b"yes", b"nan", b"-inf", b"1e999", b"1_0", b"0x1F", b"-1",
    b"2001-01-01", b"NaN", b"=1+1", b"[[", b"{}{}", b"@data\n", b"@attribute a ", b"{7}", b"0 1, 0 1,", b"-C 9",
    b"relational", b"&a;", b'<!DOCTYPE l [<!ENTITY a "bb">]>',
)  # fmt: skip
NUMBERS = (b"99999999999999999999999", b"2147483648", b"9223372036854775807", b"1e308", b"-1", b"0", b"4294967295")
VALUES: tuple[Any, ...] = (None, True, -1, 0, 2**31, 2**63, 10**30, 1e308, float("inf"), "", "x", "../x", [], {}, [[]])
VALUES += ({"a": None}, [None] * 3, "\u2028", "99999999999")


def mutant(content: bytes, seed: int | str) -> bytes:
    """Return a copy with one to four faults; of archives, most have them within a member that is packed anew."""
    chance = random.Random(seed)
    if chance.random() < 0.7:
        inner = _within(content, chance)
        if inner is not None:
            return inner
    return faulty(content, chance)


def faulty(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with one to four faults."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = _fault(content, chance)
    return content


def _fault(data: bytes, chance: random.Random) -> bytes:
    at, to = sorted(chance.choices(range(len(data) + 1), k=2))
    size = min(to - at, chance.choice((1, 4, 30)))
    in_place = (
        b"\0" in data[:512] and chance.random() < 0.6
    )  # of binary files, what is longer or shorter is found early
    kind = chance.choice((0, 1, 1, 6)) if in_place else chance.randrange(8)
    if kind == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :] if at < len(data) else data
    if kind == 2:
        return data[:at]
    if kind == 3:
        return data[:at] + data[at + size :]
    if kind == 4:
        return data[: at + size] + data[at : at + size] * chance.choice((1, 2, 50)) + data[at + size :]
    if kind == 5:
        return data[:at] + chance.choice(TEXTS) + data[at + chance.choice((0, 1, size)) :]
    if kind == 6:
        return _huge(data, at, chance, digits=not in_place)
    return data[:at] + data[to : to + 60] + data[at:]  # spliced


def _huge(data: bytes, at: int, chance: random.Random, *, digits: bool) -> bytes:
    """Make a number huge: one of digits where there is any behind a place, or else the bytes of one."""
    number = re.compile(rb"\d+").search(data, at) if digits and chance.random() < 0.6 else None
    if number:
        return data[: number.start()] + chance.choice(NUMBERS) + data[number.end() :]
    large = b"\xff" * chance.choice((0, 1, 3, 7)) + chance.choice((b"\x7f", b"\xff", b"\x00"))
    return (data[:at] + large + data[at + len(large) :])[: len(data)]


def _within(content: bytes, chance: random.Random) -> bytes | None:
    """Return an archive, a header or a document with faults inside; None for what is none of them."""
    if content[:4] == b"PK\3\4":
        return _in_member(content, chance)
    if content[:2] == b"\x1f\x8b":
        return gzip.compress(faulty(gzip.decompress(content), chance), mtime=0)
    if content[:1] in b"{[":
        return _with_another_value(content, chance)
    if content[8:9] == b"{":  # safetensors
        size = int.from_bytes(content[:8], "little")
        header = content[8 : 8 + size]
        changed = (_with_another_value(header, chance) if chance.random() < 0.5 else None) or faulty(header, chance)
        return len(changed).to_bytes(8, "little") + changed + content[8 + size :]
    return None


def _in_member(content: bytes, chance: random.Random) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(written, "w") as packed:
        names = given.namelist()
        damaged = chance.choice(names)
        for name in names:
            inner = given.read(name)
            packed.writestr(zipfile.ZipInfo(name), faulty(inner, chance) if name == damaged else inner)
    return written.getvalue()


def _with_another_value(content: bytes, chance: random.Random) -> bytes | None:
    """Return JSON with one of its values another."""
    try:
        document = json.loads(content)
    except ValueError:
        return None
    place = document
    while isinstance(place, dict | list) and place:
        key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.25:
            if isinstance(place, dict) and chance.random() < 0.2:
                del place[key]
            else:
                place[key] = chance.choice(VALUES)
            break
        place = place[key]
    return json.dumps(document).encode()
