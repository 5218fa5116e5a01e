"""Write the README's tables anew from benchmarks/results/*.json.

python benchmarks/readme_tables.py           # make table
python benchmarks/readme_tables.py --check   # exit code 1 when the README says something else
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from campaign_table import campaign_table
from head_tables import controls_table, results_table, scarce_table, tuning_table
from speed_tables import speed_table
from weight_table import weight_table
from zero_shot_table import zero_shot_table

from gcnlabel.files import atomic_write

README = Path(__file__).parent.parent / "README.md"
SECTIONS = {
    "results": results_table,
    "controls": controls_table,
    "scarce": scarce_table,
    "unseen": zero_shot_table,
    "tuning": tuning_table,
    "weights": weight_table,
    "speed": speed_table,
    "campaigns": campaign_table,
}


def written_anew(text: str) -> str:
    """Return the README with the tables in their places."""
    for name, table in SECTIONS.items():
        start, end = f"<!-- {name}: written by `make table` -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = f"{before}{start}\n{table()}\n{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    """Write, or check, the README."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    text = README.read_text(encoding="utf-8")
    anew = written_anew(text)
    if parser.parse_args().check:
        sys.exit(0 if anew == text else "README.md is not what benchmarks/results say: run make table")
    with atomic_write(README, overwrite=True) as temporary:
        temporary.write_text(anew, encoding="utf-8")


if __name__ == "__main__":
    main()
