"""Recognize the releases of face data sets by their files, and find the parts of their folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gcnlabel.errors import InputError, shorten

AFFECTNET_LISTS = ("", "Manually_Annotated_file_lists", "Manually_Annotated/Manually_Annotated_file_lists")
EXPR_FOLDERS = ("EXPR_Set", "EXPR_Recognition_Challenge", "EXPR_Classification_Challenge")
VA_FOLDERS = ("VA_Set", "VA_Estimation_Challenge")
MTL_FILES = ("training_set_annotations.txt", "validation_set_annotations.txt")
EMOTIC_FILES = ("Annotations.mat", "annotations.mat")
FORMS = {
    "2017": "AffectNet 2017",
    "2021": "AffectNet 2021",
    "expr-va": "Aff-Wild2 (",
    "mtl": "Aff-Wild2 MTL",
}
"""Form of a data set -> prefix of its name in :func:`looks_like`."""
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")


def existing_folder(path: str | Path, what: str) -> Path:
    """Return ``path`` if it is a folder.

    Raises:
        InputError: It is missing, or a file.
    """
    path = Path(path)
    if not path.is_dir():
        found = "is a file" if path.exists() else "not found"
        raise InputError(f"{what} {found}: {path}", expected="a folder", fix="check the path")
    return path


def annotation_folders(root: Path) -> list[Path]:
    """Return ``root`` and the folders of annotations below it (two levels), by their names."""
    folders, level = [root], [root]
    for _ in range(2):
        level = sorted(
            child for folder in level for child in folder.iterdir() if child.is_dir() and _of_annotations(child.name)
        )
        folders += level
    return folders


def _of_annotations(name: str) -> bool:
    return "annotation" in name.lower() or name == "MTL_Challenge"


def first_existing(root: Path, names: Iterable[str]) -> Path | None:
    """Return the path of the first of ``names`` that exists in ``root``, or None."""
    return next((root / name for name in names if (root / name).exists()), None)


def looks_like(root: Path) -> list[str]:
    """Return the names of the releases whose files are in ``root``."""
    found = []
    if any(first_existing(root / lists, ("training.csv", "validation.csv")) for lists in AFFECTNET_LISTS):
        found.append("AffectNet 2017 (CSV lists)")
    if any((root / part / "annotations").is_dir() for part in ("train_set", "val_set")):
        found.append("AffectNet 2021 (train_set and val_set with .npy annotations)")
    folders = annotation_folders(root)
    if any(first_existing(folder, (*EXPR_FOLDERS, *VA_FOLDERS)) for folder in folders):
        found.append("Aff-Wild2 (a text file per video)")
    if any(first_existing(folder, MTL_FILES) for folder in folders):
        found.append("Aff-Wild2 MTL (one file per split)")
    if any(first_existing(folder, (*EMOTIC_FILES, "train.csv")) for folder in folders):
        found.append("EMOTIC")
    if not found and _folder_a_class(root):
        found.append("a re-pack with one folder per class, without valence, arousal or landmarks")
    return found


def _folder_a_class(root: Path) -> bool:
    names = ("0", "happy", "happiness", "Happy", "Happiness")
    return any(first_existing(root / part, names) is not None for part in ("", "train", "Train", "val", "test"))


def chosen_form(root: Path, forms: Mapping[str, str], wanted: str | None, *, of: str, argument: str) -> str:
    """Return the form of a data set in a folder.

    Args:
        root: The folder.
        forms: Name of a form, a key of :data:`FORMS` -> description of its files.
        wanted: Name of the requested form, or None to detect it.
        of: Name of the data set.
        argument: Name of the argument for the form, for messages.

    Raises:
        InputError: There is no such form, or the folder does not have it, or has several.
    """
    if wanted is not None and wanted not in forms:
        raise InputError(f"{of} {argument} {wanted!r}", expected=" or ".join(forms))
    found = [form for form in forms if any(name.startswith(FORMS[form]) for name in looks_like(root))]
    if wanted is None and len(found) > 1:
        choices = " or ".join(f"{argument}={form!r}" for form in forms)
        what = f"{root} has both {argument}s of {of}"
        raise InputError(what, fix=f"give the folder of one, or in Python {choices}")
    if not found or (wanted is not None and wanted not in found):
        expected = forms[wanted] if wanted else "; or ".join(forms.values())
        raise wrong_folder(root, of if wanted is None else f"{of} {wanted}", expected)
    return wanted or found[0]


def wrong_folder(root: Path, wanted: str, expected: str) -> InputError:
    """Return the error for a folder without ``wanted``; its message says which data set the folder looks like."""
    found = looks_like(root)
    holds = shorten(sorted(child.name for child in root.iterdir()), 6) or "nothing"
    return InputError(
        f"{root} is not a folder of {wanted}" + (f": it looks like {' and '.join(found)}" if found else ""),
        expected=expected,
        fix="use the reader and release of that data set" if found else f"check the path; the folder has {holds}",
    )
