"""Convert command lines of the previous version."""

from __future__ import annotations

from gcnlabel.errors import note

OF_ZERO_SHOT = {"--unseen": "--label", "--positives": "--shots"}


def modernised(args: list[str]) -> list[str]:
    """Return a command line in its current form, with a note if it was converted."""
    if args[:1] != ["evaluate"] or not any(arg.partition("=")[0] == "--unseen" for arg in args):
        return args
    note("--unseen was replaced by a command: gcnlabel zero-shot RUN_OR_CONFIG --label LABEL")
    return ["zero-shot", *map(_renamed, args[1:])]


def _renamed(arg: str) -> str:
    name, equals, value = arg.partition("=")
    return OF_ZERO_SHOT.get(name, name) + equals + value
