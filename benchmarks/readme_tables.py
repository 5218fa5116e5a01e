"""Write the README's tables anew from benchmarks/results/*.json, and the keys of a config from the package.

python benchmarks/readme_tables.py           # make table
python benchmarks/readme_tables.py --check   # exit code 1 when a page says something else
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from campaign_table import campaign_table
from head_tables import controls_table, few_table, results_table
from speed_tables import speed_table
from weight_table import weight_table
from zero_shot_table import zero_shot_table

from gcnlabel.config.reference import reference
from gcnlabel.files import atomic_write

ROOT = Path(__file__).parent.parent
README = {
    "results": results_table,
    "controls": controls_table,
    "few": few_table,
    "unseen": zero_shot_table,
    "weights": weight_table,
    "speed": speed_table,
    "campaigns": campaign_table,
}


PAGES = {"README.md": README, "examples/configuration.md": {"reference": reference}}


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
    for page, sections in PAGES.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        anew = written_anew(text, sections)
        if check:
            old += [] if anew == text else [page]
        else:
            with atomic_write(ROOT / page, overwrite=True) as temporary:
                temporary.write_text(anew, encoding="utf-8")
    sys.exit(f"{' and '.join(old)}: not as it would be written: run make table" if old else 0)


if __name__ == "__main__":
    main()
