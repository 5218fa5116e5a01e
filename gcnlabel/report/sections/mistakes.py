"""Mistakes section: the samples with the largest loss of each run, with images if the data has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from markupsafe import Markup
from PIL import Image
from torch import Tensor

from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.report.label_scores import positives
from gcnlabel.report.matrices import png
from gcnlabel.report.page import render
from gcnlabel.report.reading import ReportRuns
from gcnlabel.tasks import Task

SHOWN, SIDE, BUDGET = 8, 112, 700_000
"""Samples per task and run, longer side of an image in pixels, and maximal bytes of all images of a report."""


def mistakes(runs: ReportRuns) -> Markup:
    """Return the section, with the worst predicted samples of each task and run."""
    groups, left = [], BUDGET
    for task in runs.tasks or ():
        for run, found in runs.predictions.items():
            scores, targets = found[f"scores/{task.name}"], found[f"targets/{task.name}"]
            cards = [_card(task, scores, targets, row, how) for row, how in worst(task, scores, targets)]
            for card in cards:
                card["id"] = _name(runs, run, card["row"])
                card["picture"] = _picture(runs, run, card["row"]) if left > 0 else None
                left -= len(card["picture"] or "")
            if cards:
                groups.append({"task": task.name, "run": run, "cards": cards})
    return render("mistakes.html", groups=groups, full=left <= 0) if groups else Markup()


def worst(task: Task, scores: Tensor, targets: Tensor) -> list[tuple[int, float]]:
    """Return row and loss of the samples with the largest losses, in descending order.

    The loss is the cross-entropy of a wrong class, the mean binary cross-entropy of tags, or the largest error of a
    dimension in standard deviations of the targets.
    """
    if task.discrete:
        has, seen = positives(task, scores, targets)
        if task.exclusive:
            loss = -(torch.log_softmax(scores.double(), 1) * has).sum(1)
            wrong = seen.any(1) & ~has.gather(1, scores.argmax(1, keepdim=True))[:, 0]
            loss = loss.where(wrong, 0)
        else:
            each = torch.nn.functional.binary_cross_entropy_with_logits(scores.double(), has.double(), reduction="none")
            loss = (each * seen).sum(1) / seen.sum(1).clamp(min=1)
    else:
        loss = _deviations(scores, targets).amax(1)
    values, rows = loss.topk(min(SHOWN, len(loss)))
    return [(row, value) for row, value in zip(rows.tolist(), values.tolist(), strict=True) if value > 0]


def _card(task: Task, scores: Tensor, targets: Tensor, row: int, loss: float) -> dict[str, Any]:
    """Return row, loss, and the annotation and prediction of a sample as text."""
    if not task.discrete:
        i = int(_deviations(scores, targets)[row].argmax())
        true, said = (f"{task.labels[i]} {float(values[row, i]):.3g}" for values in (targets, scores))
        return {"row": row, "loss": loss, "true": true, "said": said}
    has, _ = positives(task, scores[row : row + 1], targets[row : row + 1])
    chances = task.activated(scores[row : row + 1])[0]
    true = _shares(task, has[0].nonzero()[:, 0].tolist(), chances) or "none"
    said = chances.argsort(descending=True)[: 1 if task.exclusive else 3].tolist()
    return {"row": row, "loss": loss, "true": true, "said": _shares(task, said, chances)}


def _shares(task: Task, places: list[int], chances: Tensor) -> str:
    return ", ".join(f"{task.labels[i]} ({chances[i]:.0%})" for i in places)


def _deviations(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the absolute errors [N, labels] in standard deviations of the targets, 0 where not annotated."""
    values = targets.double()
    spread = torch.tensor(np.nanstd(values.numpy(), 0)).clamp(min=1e-12)
    return ((scores - values).abs() / spread).nan_to_num(0)


def _name(runs: ReportRuns, run: str, row: int) -> str:
    names = runs.ids.get(run)
    return f"row {row}" if names is None else str(names[row])


def _picture(runs: ReportRuns, run: str, row: int) -> str | None:
    """Return a thumbnail of a sample as a ``data:`` URL; None if the data has no images or other samples."""
    part = runs.measured_part(run)
    if part is None:
        return None
    with runs.lacking.unless_damaged(f"a picture of {run}"):
        pixels = np.asarray(part.inputs[[row]][0] if isinstance(part.inputs, LazyImages) else part.inputs[row])
        array = pixels.transpose(1, 2, 0)
        image = Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
        image.thumbnail((SIDE, SIDE))
        return png(image, "JPEG", quality=80)
    return None
