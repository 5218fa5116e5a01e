"""What leave_one_set_out.py found, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from head_tables import read

from gcnlabel.studies.ablation.report import short, signed

NEVER = 10**9
"""A number of samples at which selected weights are not used."""


def rule_table() -> str:
    """Return a row a data set: the package's constants, those that the other sets choose, and the best in hindsight."""
    found = read("leave_one_set_out")
    lines = [
        f"| data | the package's ({_said(found['shipped'])}) | chosen on the other sets | best in hindsight |",
        "| --- | --- | --- | --- |",
    ]
    for name, of in found["sets"].items():
        cells = [short(of["shipped"])]
        for key in ("others", "hindsight"):
            cells.append(f"{signed(of[key]['value'] - of['shipped'])} ({_said(of[key]['rule'])})")
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    gain = max(of["others"]["value"] - of["shipped"] for of in found["sets"].values())
    said = (
        f"{found['seeds']} seeds. Constants from the other sets gain {signed(gain)} at most: the rule depends little on"
    )
    return "\n".join([*lines, "", f"{said} its constants."])


def _said(rule: Sequence[int]) -> str:
    return ", ".join("∞" if number == NEVER else str(number) for number in rule)
