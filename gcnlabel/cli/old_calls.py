"""Commands as they were called before, which are understood for one version."""

from __future__ import annotations

from gcnlabel.errors import note

OF_ZERO_SHOT = {"--unseen": "--label", "--positives": "--shots"}


def modernised(args: list[str]) -> list[str]:
    """Return a command line as it is written today, and say so where it is not."""
    if args[:1] != ["evaluate"] or not any(arg.partition("=")[0] == "--unseen" for arg in args):
        return args
    note("--unseen is a command of its own now: gcnlabel zero-shot RUN_OR_CONFIG --label LABEL")
    return ["zero-shot", *map(_renamed, args[1:])]


def _renamed(arg: str) -> str:
    name, equals, value = arg.partition("=")
    return OF_ZERO_SHOT.get(name, name) + equals + value
