"""EMOTIC's 26 categories, their spellings, and the mapping of some to basic expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.faces.annotations import BASIC_EXPRESSIONS, FaceAnnotations
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

CATEGORIES = (
    "affection", "anger", "annoyance", "anticipation", "aversion", "confidence", "disapproval", "disconnection",
    "disquietment", "doubt/confusion", "embarrassment", "engagement", "esteem", "excitement", "fatigue", "fear",
    "happiness", "pain", "peace", "pleasure", "sadness", "sensitivity", "suffering", "surprise", "sympathy",
    "yearning",
)  # fmt: skip
"""The 26 categories of EMOTIC (Kosti et al., 2019), in its order."""

CATEGORY_SPELLINGS = {
    "disquitement": "disquietment",
    "doubt / confusion": "doubt/confusion",
    "doubt_confusion": "doubt/confusion",
    "doubt-confusion": "doubt/confusion",
    "doubt confusion": "doubt/confusion",
}
"""Other spellings in files of EMOTIC -> category."""

EXPRESSION_CATEGORIES: dict[str, tuple[str, ...]] = {
    "happy": ("happiness",),
    "sad": ("sadness",),
    "surprise": ("surprise",),
    "fear": ("fear",),
    "disgust": ("aversion",),
    "anger": ("anger",),
}
"""Basic expression -> categories that are mapped to it."""

EMOTIC_TASKS = TaskSet(
    [
        MultiLabel("emotions", CATEGORIES),
        Dimensional("affect", ("valence", "arousal", "dominance"), range=(1, 10)),
    ]
)


def category(name: str, spellings: Mapping[str, str], where: str) -> str:
    """Return the category for a name in a file, ignoring case.

    Raises:
        InputError: The name is unknown; the message suggests the closest one.

    Example:
        >>> category("Disquitement", CATEGORY_SPELLINGS, "a.csv")
        'disquietment'
    """
    text = str(name).strip().lower()
    meaning = spellings.get(text, text)
    if meaning not in CATEGORIES:
        raise InputError(
            f"unknown EMOTIC category {name!r}",
            where=where,
            expected=shorten(CATEGORIES, len(CATEGORIES)),
            fix=closest(meaning, CATEGORIES) or "in Python, give label_map=: the spelling -> one of the 26 names",
        )
    return meaning


def checked_spellings(label_map: Mapping[str, str] | None) -> dict[str, str]:
    """Return the spellings in lower case: the declared ones, or ``label_map`` if given.

    Raises:
        InputError: The map has a name that is not a category.
    """
    spellings = CATEGORY_SPELLINGS if label_map is None else label_map
    return {str(s).strip().lower(): category(name, {}, "label map") for s, name in spellings.items()}


def emotic_to_expressions(
    emotions: FaceAnnotations | Annotations,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    *,
    classes: Sequence[str] = BASIC_EXPRESSIONS,
    neutral: str | None = "neutral",
) -> Annotations:
    """Return EMOTIC's tags as tags of the basic expressions, for class-class statistics (Emotion-GCN, Section IV-E).

    A class is 1 if any of its categories is 1; ``neutral`` is 1 if no class is. Unannotated rows stay unannotated.

    Args:
        emotions: Result of :func:`~gcnlabel.faces.emotic.reader.read_emotic`, or its annotations.
        mapping: Class -> its category or categories; None for :data:`EXPRESSION_CATEGORIES`.
        classes: Classes, in order.
        neutral: Class of rows without another class; None if all classes are mapped.

    Raises:
        InputError: A class has no mapping, a mapping is for an unknown class, or a category is unknown.

    Example:
        >>> tags = np.zeros((2, 26), dtype=np.float32)
        >>> tags[0, [CATEGORIES.index("aversion"), CATEGORIES.index("sadness")]] = 1
        >>> only_tags = TaskSet([MultiLabel("emotions", CATEGORIES)])
        >>> emotic_to_expressions(Annotations(only_tags, {"emotions": tags})).targets["expression"].astype(int).tolist()
        [[0, 0, 1, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0, 0]]
    """
    annotations = emotions.annotations if isinstance(emotions, FaceAnnotations) else emotions
    columns = _columns(EXPRESSION_CATEGORIES if mapping is None else mapping, classes, neutral)
    tags = annotations.indicators("emotions")  # [N, 26]
    target = np.zeros((len(annotations), len(classes)), dtype=np.float32)
    for name, picked in columns.items():
        target[:, list(classes).index(name)] = (tags[:, picked] == 1).any(axis=1)
    if neutral is not None:
        target[:, list(classes).index(neutral)] = ~target.any(axis=1)
    target[np.isnan(tags).any(axis=1)] = np.nan
    tasks = TaskSet([MultiLabel("expression", tuple(classes))])
    return Annotations(tasks, {"expression": target}, annotations.split, annotations.ids)


def _columns(
    mapping: Mapping[str, str | Sequence[str]], classes: Sequence[str], neutral: str | None
) -> dict[str, list[int]]:
    wanted = [name for name in classes if name != neutral]
    for name in mapping:
        if name not in wanted:
            raise InputError(f"map of EMOTIC's categories: {name!r} is not a class", expected=shorten(wanted))
    missing = [name for name in wanted if not mapping.get(name)]
    if missing:
        raise InputError(f"classes without a category of EMOTIC: {shorten(missing)}", fix="give mapping= for each")
    if neutral is not None and neutral not in classes:
        raise InputError(f"neutral class {neutral!r} is not a class", expected=shorten(classes))
    lists = {name: [given] if isinstance(given, str) else list(given) for name, given in mapping.items()}
    return {
        name: [CATEGORIES.index(category(tag, CATEGORY_SPELLINGS, f"mapping of {name!r}")) for tag in tags]
        for name, tags in lists.items()
    }
