"""How face detectors compare, as Markdown for the docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "results" / "face_detectors.json"
TITLES = {
    "centerface": "CenterFace, two looks (default)",
    "centerface, one look": "CenterFace, one look (`refine: false`)",
    "mtcnn": "MTCNN (facenet-pytorch)",
}


def detector_table() -> str:
    """Return a row a detector."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    head = ["detector", "faces found", "false boxes a picture", "eyes: median, 90%", "angle: median, 90%"]
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    for name, title in TITLES.items():
        lines.append(f"| {' | '.join([title, *_cells(result['detectors'][name])])} |")
    count = result["photographs"]
    return "\n".join([*lines, "", f"{count} photographs, turned by up to 30 degrees, 48 to 300 pixels wide."])


def _cells(values: dict[str, Any]) -> list[str]:
    eyes, roll = values["eyes"], values["roll"]
    return [
        f"{values['found']:.1%}",
        f"{values['false']:.2f}",
        f"{eyes['median']:.3f}, {eyes['p90']:.3f}",
        f"{roll['median']:.1f}°, {roll['p90']:.1f}°",
    ]
