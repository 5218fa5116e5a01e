"""Write the tables of the README and of docs/results anew from benchmarks/results/*.json, and the keys of a config.

python benchmarks/readme_tables.py           # make table
python benchmarks/readme_tables.py --check   # exit code 1 when a page says something else
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from campaign_table import campaign_table
from detector_table import detector_table
from estimator_table import estimator_ratios, estimator_table
from head_tables import controls_table, few_table, results_table, verdict
from speed_tables import short_speed_table, speed_table
from weight_table import weight_table
from zero_shot_table import zero_shot_table

from gcnlabel.config.reference import reference
from gcnlabel.config.words import words
from gcnlabel.files import atomic_write

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "benchmarks" / "results" / "demo.md"
"""What ``make demo`` wrote to ``runs/demo/comparison.md``; ``make picture`` copies it."""


def demo_table() -> str:
    """Return the table that ``gcnlabel demo`` made."""
    return "\n".join(line for line in DEMO.read_text(encoding="utf-8").splitlines() if line.startswith("|"))


PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"demo": demo_table, "speed": short_speed_table},
    "docs/results/heads.md": {
        "results": results_table,
        "verdict": verdict,
        "few": few_table,
        "controls": controls_table,
    },
    "docs/recipes/faces.md": {"detectors": detector_table},
    "docs/results/unseen.md": {"unseen": zero_shot_table},
    "docs/results/default.md": {"weights": weight_table},
    "docs/results/speed.md": {"speed": speed_table},
    "docs/results/estimators.md": {
        "estimators": estimator_table,
        "estimator-times": estimator_ratios,
    },
    "docs/results/reliability.md": {"campaigns": campaign_table},
    "examples/configuration.md": {"reference": reference},
}


FILES: Mapping[str, Callable[[], str]] = {"gcnlabel/resources/completion.json": words}


def written_anew(text: str, sections: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with what is written from elsewhere in its places."""
    for name, table in sections.items():
        start, end = f"<!-- {name}: written by `make table` -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = f"{before}{start}\n{table()}\n{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    """Write, or check, the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check, old = parser.parse_args().check, []
    for page in (*PAGES, *FILES):
        text = (ROOT / page).read_text(encoding="utf-8") if (ROOT / page).exists() else ""
        anew = FILES[page]() if page in FILES else written_anew(text, PAGES[page])
        if check:
            old += [] if anew == text else [page]
        else:
            with atomic_write(ROOT / page, overwrite=True) as temporary:
                temporary.write_text(anew, encoding="utf-8")
    sys.exit(f"{' and '.join(old)}: not as it would be written: run make table" if old else 0)


if __name__ == "__main__":
    main()
