"""What was tried for the head named ``default``, on validation data alone.

    python benchmarks/default_tuning.py

Each setting is trained like the heads of ``gcnlabel ablate``, with seeds that no other benchmark uses, and measured on
the val part of affect_in_tweets; the test part is not looked at. Writes benchmarks/results/default_tuning.json; what is
there already is not measured again.
Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from gcnlabel.studies.ablation.measuring import Job, measured

from gcnlabel.config import Config, load_config
from gcnlabel.files import atomic_write
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.default_head import HIDDEN, P_RARE, TAU, P, default_settings, generated_settings, with_head
from gcnlabel.studies.ablation import Budget, LabelBudget
from gcnlabel.studies.ablation.candidates import Candidate

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "default_tuning.json"
CONFIG = "examples/affect_in_tweets/config.yaml"
AMOUNTS = (10, 50)
BUDGET = Budget(range(100, 110))
METRICS = {"affect/mean_ccc": "CCC", "emotions/lrap": "LRAP"}


@dataclass(frozen=True)
class Setting:
    """Numbers that the default might have had.

    Attributes:
        tau: Least correlation of an edge.
        p: Weight of the neighbours.
        p_rare: That of a scarce task beside a plentiful one.
        hidden: Widths of the generator.
        embeddings: Embeddings of the labels.
    """

    tau: float = TAU
    p: float = P
    p_rare: float = P_RARE
    hidden: tuple[int, ...] = tuple(HIDDEN)
    embeddings: str = "one-hot"

    def __str__(self) -> str:
        """Return what a table calls it."""
        widths = " x ".join(map(str, self.hidden))
        return f"threshold {self.tau:g}, neighbours {self.p:g} / {self.p_rare:g}, width {widths}, {self.embeddings}"

    def candidate(self, config: Config, data: RunData) -> Candidate:
        """Return the default head with these numbers."""
        head, graph = default_settings(config, data.parts["train"])
        free = head.of.tasks if head.of.name == "residual" else []
        plenty = [*free, *head.keep_length]
        p = {name: self.p if name in plenty else self.p_rare for name in graph.p}
        graph = graph.changed(tau=self.tau, p=p, embeddings=self.embeddings)
        return Candidate(str(self), with_head(config, generated_settings(free, head.keep_length, self.hidden), graph))


TRIED = (
    Setting(),  # the default
    *(Setting(p_rare=p) for p in (0.3, 0.5, 0.7, 0.8)),
    Setting(p=0.1, p_rare=0.5),
    *(Setting(p=p, p_rare=p) for p in (0.2, 0.4, 0.5, 0.6)),
    *(Setting(p=p, p_rare=p, hidden=(width,)) for p, width in ((0.2, 128), (0.3, 128), (0.3, 256))),
    *(Setting(p=0.4, p_rare=0.4, hidden=hidden) for hidden in ((128,), (256,), (1024,), (512, 512))),
    *(Setting(p=0.4, p_rare=0.4, tau=tau) for tau in (0.1, 0.2, 0.4)),
    Setting(p=0.5, p_rare=0.5, tau=0.1),
    Setting(p=0.4, p_rare=0.4, embeddings="emotion-words"),
)


def measure(config: Config, setting: Setting, datas: list[RunData]) -> dict[str, list[float]]:
    """Return metric -> value of each seed."""
    (found,) = measured(Job(setting.candidate(config, datas[0]), datas, BUDGET)).values()
    return {name: [round(value, 5) for value in found["metrics"][name]] for name in METRICS}


def main() -> None:
    """Measure all settings."""
    config = load_config(ROOT / CONFIG, ["select={metric: main, mode: max}"])
    data = load_data(config)
    data = replace(data, parts={**data.parts, "test": data.parts["val"]})
    results: dict[str, Any] = {"config": CONFIG, "seeds": list(BUDGET.seeds), "settings": {}}
    if RESULT.exists():
        results = json.loads(RESULT.read_text())
    for samples in AMOUNTS:
        regime = LabelBudget(task="affect", samples=samples)
        datas = [regime.subsample(data, seed) for seed in BUDGET.seeds]
        for setting in TRIED:
            of_setting = results["settings"].setdefault(str(setting), {})
            if str(regime) in of_setting:
                continue
            found = of_setting[str(regime)] = measure(config, setting, datas)
            means = (f"{title} {np.mean(found[name]):.3f}" for name, title in METRICS.items())
            print(f"{regime}, {setting}:", *means, flush=True)
            with atomic_write(RESULT, overwrite=True) as temporary:
                temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
