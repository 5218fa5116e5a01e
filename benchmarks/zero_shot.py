"""How well is a tag scored that was never trained? Each of 11 emotions in turn.

    python benchmarks/zero_shot.py
    python benchmarks/zero_shot.py --only "never trained"        # the other part of the file stays
    python benchmarks/zero_shot.py --seeds 1 --set training.epochs=1 --output try.json   # does it run?

Runs what ``gcnlabel zero-shot --label all`` runs and writes benchmarks/results/zero_shot.json, of which ``make
table`` makes the README's table and the words below it. The edges of the unseen tag come from the dev split, whose
samples train nothing. Each part takes about 25 minutes of one processor. Data: the folder named by GCNLABEL_DATA
(default data).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from gcnlabel.config import load_config
from gcnlabel.files import atomic_write
from gcnlabel.studies.zero_shot import evaluate_zero_shot

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "zero_shot.json"
CONFIG = "examples/affect_in_tweets/config.yaml"
ASKED = {"never trained": None, "5 samples with it": 5}
"""What tables call it -> annotated training samples with the tag, and as many without it."""


def main() -> None:
    """Measure all that is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1, help="processes that train, a seed each")
    parser.add_argument("--set", dest="changes", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--only", choices=ASKED, help="measure this part alone; keep the rest of the file")
    parser.add_argument("--output", type=Path, default=RESULT)
    given = parser.parse_args()
    config = load_config(ROOT / CONFIG, ["model.head.name=default", *given.changes])
    results: dict[str, Any] = json.loads(given.output.read_text()) if given.only and given.output.exists() else {}
    results |= {"config": CONFIG, "changes": given.changes}
    for name in [given.only] if given.only else ASKED:
        results[name] = evaluate_zero_shot(
            config, "all", seeds=given.seeds, shots=ASKED[name], workers=given.workers, progress=_said
        )
        print(name, {k: round(of["mean"], 3) for k, of in results[name]["methods"].items()}, flush=True)
        with atomic_write(given.output, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


def _said(done: int, total: int) -> None:
    print(f"{done} of {total} seeds", flush=True)


if __name__ == "__main__":
    main()
