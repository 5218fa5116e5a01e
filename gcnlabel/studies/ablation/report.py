"""Markdown tables of an ablation, and the numbers of its figure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from gcnlabel.decimals import short_decimal
from gcnlabel.metrics.main_metrics import BESIDE
from gcnlabel.run.default_head import LINEAR
from gcnlabel.studies.ablation.candidates import DEFAULT
from gcnlabel.studies.ablation.comparison import Difference, difference, holm
from gcnlabel.tasks import TaskSet

Found = Mapping[str, Any]


def main_metrics(tasks: TaskSet) -> list[str]:
    """Return the main metric of each task, ``task/metric``.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> main_metrics(TaskSet([MultiLabel("tags", ["cat", "dog"])]))
        ['tags/lrap']
    """
    return [f"{task.name}/{task.main_metric}" for task in tasks]


def measured_metrics(results: Found, tasks: TaskSet) -> list[str]:
    """Return the main metrics in the results: those of tasks that the test split annotates."""
    found = {metric for regime in results["regimes"].values() for metric in regime["heads"][LINEAR]["metrics"]}
    return [metric for metric in main_metrics(tasks) if metric in found]


def markdown(results: Found, metrics: list[str]) -> str:
    """Return a table for each label budget: mean and standard deviation, and paired differences with 95% intervals.

    A dimensional task has columns of mean CCC, mean Pearson correlation and mean NRMSE. Each metric but NRMSE has two
    columns of differences: head minus linear head, and default minus head. p-values are of paired t-tests, corrected by
    Holm's method for the heads of the table.

    Args:
        results: Results of :func:`gcnlabel.studies.ablation.ablate`.
        metrics: Names of the metrics, ``task/metric``.
    """
    number = len(results["seeds"])
    shown = f"Mean ± standard deviation over {number} seeds" if number > 1 else f"One seed ({results['seeds'][0]})"
    lines = [
        f"{shown} on the test split. Every head has the same data, backbone, loss weights, {results['epochs']} epochs "
        f"(at least {results['min_steps']} batches in total) and learning rates {_listed(results['rates'])}; rate "
        f"and epoch are selected by {results['select']['metric']} on the val split."
        + _brackets(number)
        + _calibrated(results.get("calibrated", {})),
        "",
    ]
    for name, regime in results["regimes"].items():
        lines += [f"### {name}", ""]
        if regime["default"]:
            lines += [f"The default, mean weights over seeds: {described(regime['default'])}.", ""]
        for metric in metrics:
            lines += [*_table(regime["heads"], metric), ""]
    return "\n".join(lines).rstrip() + "\n"


def _brackets(seeds: int) -> str:
    if seeds < 2:
        return " With one seed, differences have no interval."
    return (
        " In brackets: 95% interval of the paired difference, and p-value of a paired t-test, corrected for the number "
        "of heads (Holm)."
    )


def _calibrated(methods: Mapping[str, str]) -> str:
    if not methods:
        return ""
    listed = ", ".join(f"{task} by {by}" for task, by in methods.items())
    return f" Every head is calibrated on the annotated training samples: {listed}."


def differences(heads: Found, metric: str, reference: str) -> dict[str, Difference]:
    """Return head -> paired difference to a reference, without heads whose values equal those of the reference.

    Heads with undefined values, such as the correlation of a constant, are left out, also from the Holm correction.
    """
    base = heads[reference]["metrics"][metric]
    found = {name: head["metrics"][metric] for name, head in heads.items()}
    defined = {name: values for name, values in found.items() if np.isfinite([*values, *base]).all()}
    return {name: difference(values, base) for name, values in defined.items() if values != base}


def gains(results: Found, metric: str) -> dict[str, dict[str, Difference]]:
    """Return label budget -> head -> paired difference to the linear head."""
    return {name: _gains(regime["heads"], metric) for name, regime in results["regimes"].items()}


def _gains(heads: Found, metric: str) -> dict[str, Difference]:
    base = heads[LINEAR]["metrics"][metric]
    return {name: difference(head["metrics"][metric], base) for name, head in heads.items() if name != LINEAR}


def _table(heads: Found, metric: str) -> Iterator[str]:
    task, _, main = metric.rpartition("/")
    beside = [f"{task}/{name}" for name in BESIDE.get(main, ())]
    shown = [metric, *(name for name in beside if all(name in head["metrics"] for head in heads.values()))]
    compared = {name: _compared(heads, name) for name in shown[:2]}
    columns = [f"{of}head − linear | {of}default − head" for of in _titles(compared)]
    yield f"| head | {' | '.join((*shown, *columns))} |"
    yield "| --- " * (1 + len(shown) + 2 * len(columns)) + "|"
    for name, head in heads.items():
        values = [_mean_and_sd(head["metrics"][of]) for of in shown]
        yield f"| {' | '.join((name, *values, *(of[name] for of in compared.values())))} |"


def _titles(compared: Collection[str]) -> list[str]:
    """Return prefixes of the columns of differences, empty for a single metric."""
    return [f"{name.rpartition('_')[2]}: " for name in compared] if len(compared) > 1 else [""]


def _compared(heads: Found, metric: str) -> dict[str, str]:
    """Return two cells for each head: head minus linear head, and default minus head."""
    above, below = differences(heads, metric, LINEAR), differences(heads, metric, DEFAULT)
    p_above = holm({name: d.p for name, d in above.items()})
    p_below = holm({name: d.p for name, d in below.items()})
    flipped = {name: Difference(-d.mean, d.half_width, d.p) for name, d in below.items()}
    return {name: f"{_cell(above, p_above, name)} | {_cell(flipped, p_below, name)}" for name in heads}


def _mean_and_sd(values: list[float]) -> str:
    if np.isnan(values).any():
        return "–"
    mean = short(float(np.mean(values)))
    return f"{mean} ± {short(float(np.std(values, ddof=1)))}" if len(values) > 1 else mean


def _cell(found: Mapping[str, Difference], ps: Mapping[str, float], name: str) -> str:
    if name not in found:
        return "–"
    gap = found[name]
    if not np.isfinite(gap.half_width):
        return signed(gap.mean)
    low, high = gap.mean - gap.half_width, gap.mean + gap.half_width
    p = "p < .001" if ps[name] < 0.001 else f"p = {short(ps[name])}"
    return f"{signed(gap.mean)} [{signed(low)}, {signed(high)}], {p}"


def short(value: float) -> str:
    """Return a number with three decimals and no leading zero.

    Example:
        >>> short(0.5), short(-0.0304), short(1.25)
        ('.500', '-.030', '1.250')
    """
    return short_decimal(value, 3)


def signed(value: float) -> str:
    """Return a difference with its sign.

    Example:
        >>> signed(0.0304), signed(-0.5), signed(-0.0004)
        ('+.030', '−.500', '+.000')
    """
    return short_decimal(value, 3, "+").replace("-", "−")


def _listed(rates: list[float]) -> str:
    return ", ".join(f"{rate:g}" for rate in rates)


def described(default: Mapping[str, Mapping[str, float]]) -> str:
    """Return the weights of the default's base models as text.

    Example:
        >>> described({"tags": {"linear": 0.75, "cosine": 0.25}})
        'tags = .750 linear + .250 cosine'
    """
    return "; ".join(
        f"{task} = " + " + ".join(f"{short(weight)} {name}" for name, weight in sorted(of.items(), key=lambda w: -w[1]))
        for task, of in default.items()
    )
