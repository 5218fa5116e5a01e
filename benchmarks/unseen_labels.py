"""How well is a tag scored that was never trained? Each of 11 emotions in turn.

    python benchmarks/unseen_labels.py

Runs what ``gcnlabel evaluate --unseen all`` runs and writes benchmarks/results/unseen_labels.json. The edges of the
unseen tag come from the dev split, whose samples train nothing. Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gcnlabel.config import load_config
from gcnlabel.files import atomic_write
from gcnlabel.unseen import evaluate_unseen

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "unseen_labels.json"
CONFIG = "examples/affect_in_tweets/config.yaml"
ASKED = {"never trained": (10, None), "5 samples with it": (10, 5)}
"""What tables call it -> seeds, and annotated training samples with the tag (and as many without it)."""


def main() -> None:
    """Measure all that is asked."""
    config = load_config(ROOT / CONFIG, ["model.head.name=default"])
    results: dict[str, Any] = {"config": CONFIG}
    for name, (seeds, positives) in ASKED.items():
        results[name] = evaluate_unseen(config, "all", seeds=seeds, positives=positives, workers=None)
        print(name, {k: round(of["mean"], 3) for k, of in results[name]["methods"].items()}, flush=True)
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
