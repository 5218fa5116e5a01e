"""What was found on labels that were never trained, or seen a few times, as Markdown for the README."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import fill
from typing import Any

from head_tables import read

from gcnlabel.studies.ablation import holm
from gcnlabel.studies.ablation.report import short, signed
from gcnlabel.studies.zero_shot import CHOSEN, HAS_LABEL
from gcnlabel.studies.zero_shot.scoring import TRAINED

SIGNIFICANT = 0.05


REFERENCES = (HAS_LABEL, TRAINED)
"""Upper references: they have the label."""


def zero_shot_table() -> str:
    """Return the mean AUC of emotions that were never trained, or seen a few times, and what it says."""
    found = read("zero_shot")
    parts = [name for name, of in found.items() if isinstance(of, dict) and CHOSEN in of["methods"]]
    lines = [
        "| method | " + " | ".join(f"{name} | chosen − method" for name in parts) + " |",
        "| --- " * (2 * len(parts) + 1) + "|",
    ]
    names = dict.fromkeys([CHOSEN, *(name for part in parts for name in found[part]["methods"])])
    for method in sorted(names, key=REFERENCES.__contains__):
        cells = [cell for part in parts for cell in _auc(found[part], method)]
        bold = "**" if method == CHOSEN else ""
        lines.append(f"| {bold}{method}{bold} | {' | '.join(cells)} |")
    said = [*(_words(part, found[part]) for part in parts), _choices(found[parts[0]])]
    return "\n".join([*lines, "", fill(" ".join(said), 120, break_on_hyphens=False)])


def _auc(found: dict[str, Any], method: str) -> Iterator[str]:
    if method not in found["methods"]:
        yield from ("–", "–")
        return
    of = found["methods"][method]
    yield short(of["mean"]) if of["sd"] is None else f"{short(of['mean'])} ± {short(of['sd'])}"
    gap = found["compared"].get(method)
    yield "–" if gap is None else f"{signed(gap['difference'])}, {_p(gap['p_seeds'])}"


def _words(part: str, found: dict[str, Any]) -> str:
    """Return which methods the chosen rule is above, over seeds and labels or over seeds alone, and which it is not."""
    corrected = {
        p: holm({name: 1.0 if gap[p] is None else gap[p] for name, gap in found["compared"].items()})
        for p in ("p_seeds", "p_labels")
    }
    groups: dict[str, list[str]] = {}
    for name, gap in found["compared"].items():
        over_seeds, over_labels = (corrected[p][name] < SIGNIFICANT for p in ("p_seeds", "p_labels"))
        side = "above" if gap["difference"] > 0 else "below"
        which = "no different from"
        if over_seeds:
            which = f"{side}" if over_labels else f"{side} (over seeds, not over labels)"
        groups.setdefault(which, []).append(f"*{name}*")
    said = "; ".join(f"{which} {_listed(names)}" for which, names in groups.items())
    return f"*{part[0].upper()}{part[1:]}*: the chosen rule is {said}; p < .05 after Holm's correction."


def _choices(found: dict[str, Any]) -> str:
    """Return what was chosen for how many labels, and the left-out values that chose it."""
    chosen = list(found["choices"].values())
    rules = Counter(max(of["left_out_auc"], key=of["left_out_auc"].get) for of in chosen)
    said = _listed([f"*{family}* for {number} labels" for family, number in rules.most_common()])
    values = {family: [of["left_out_auc"][family] for of in chosen] for family in chosen[0]["left_out_auc"]}
    means = _listed([f"*{family}* {short(sum(of) / len(of))}" for family, of in values.items()])
    return f"Chosen: {said}; mean AUC of the left-out seen labels, dev split: {means}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _p(p: float | None) -> str:
    if p is None:
        return "one seed"
    return "p < .001" if p < 0.001 else f"p = {short(p)}"
