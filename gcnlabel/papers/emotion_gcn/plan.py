"""The runs that a table or figure needs: presets with changed settings and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gcnlabel.config import Config, load_config
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.papers.emotion_gcn.reported import PS, TAUS

SYSTEMS: dict[str, tuple[str, ...]] = {
    "single-task": ("single-task-expression", "single-task-affect"),
    "multi-task-mse": ("multi-task-mse",),
    "multi-task-ccc": ("multi-task-ccc",),
    "emotion-gcn": ("emotion-gcn",),
    "emotion-gcn-emotic": ("emotion-gcn-emotic",),
}
"""Compared system -> the presets of its runs; the single-task system has two networks."""

COMPARED = ("single-task", "multi-task-mse", "multi-task-ccc", "emotion-gcn")
SMALLER = ("single-task", "multi-task-ccc", "emotion-gcn")
AFFECTNET_TARGETS = ("table1", "table2", "table4", "table5", "fig1", "fig3", "fig4", "fig5", "fig6")
SUPPLEMENT = ("figS1", "figS2")  # AffectNet with class edges from EMOTIC and p = 0.5
AFF_WILD2_TARGETS = ("table3",)
TARGETS = tuple(
    sorted((*AFFECTNET_TARGETS, *SUPPLEMENT, *AFF_WILD2_TARGETS), key=lambda name: (name[:3] == "fig", name.lower()))
)
QUICK = ("data.train=800", "data.val=200", "data.test=400", "training.epochs=6", "training.batch_size=32")


@dataclass(frozen=True)
class Source:
    """The training data of the runs.

    Attributes:
        name: ``affectnet``, ``aff-wild2`` or ``synthetic-faces``.
        root: Base preset of the systems.
        targets: Tables and figures that can be made from it.
        changes: ``key=value`` changes to every config.
        smaller: ``key=value`` changes that select the smaller backbone of Table V.
        emotic: Folder of EMOTIC, to also compare the system with its class edges; or None.
    """

    name: str
    root: str
    targets: tuple[str, ...]
    changes: tuple[str, ...] = ()
    smaller: tuple[str, ...] = ()
    emotic: str | None = None

    @property
    def synthetic(self) -> bool:
        """Whether the images are synthetic, not photographs."""
        return self.root == "synthetic-faces"

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems of Tables I and III."""
        return (*COMPARED, *(["emotion-gcn-emotic"] if self.emotic else []))


def parse_source(text: str, *, quick: bool = False, emotic: str | None = None, changes: Sequence[str] = ()) -> Source:
    """Return the source that ``--data`` names.

    Args:
        text: ``affectnet:PATH``, ``aff-wild2:PATH`` or ``synthetic-faces``.
        quick: Train on few synthetic faces for few epochs.
        emotic: Folder of EMOTIC.
        changes: Further ``key=value`` changes to every config.

    Raises:
        InputError: The source is unknown, a path is missing, or ``quick`` is given for photographs.

    Example:
        >>> parse_source("affectnet:/somewhere").changes[0]
        'data.path=/somewhere'
    """
    name, _, path = text.partition(":")
    known = ("affectnet:PATH", "aff-wild2:PATH", "synthetic-faces")
    if name == "synthetic-faces" and not path:
        everything = (*(QUICK if quick else ()), *changes)
        targets = tuple(target for target in TARGETS if emotic or target not in SUPPLEMENT)
        return Source(name, name, targets, everything, ("model.backbone.widths=[8,16,32]",), emotic)
    if name not in ("affectnet", "aff-wild2") or not path:
        raise InputError(f"--data {text}", expected=" | ".join(known), fix=closest(text, known))
    if quick:
        raise InputError("--quick is only for synthetic-faces", fix="omit it, or shorten the runs by --set")
    smaller = ("data.size=112", "model.backbone={name: breg_next, pool: average, scaling: imagenet}")
    affectnet = (*AFFECTNET_TARGETS, *(SUPPLEMENT if emotic else ()))
    targets = affectnet if name == "affectnet" else AFF_WILD2_TARGETS
    return Source(name, "emotion-gcn", targets, (f"data.path={path}", f"data.source={name}", *changes), smaller, emotic)


@dataclass(frozen=True)
class Planned:
    """A run to train.

    Attributes:
        preset: Preset of the system.
        seed: Its seed.
        setting: Changed settings, e.g. ``(("tau", "0.05"), ("layers", "3"))``.
        smaller: Whether it has the smaller backbone.

    Example:
        >>> Planned("emotion-gcn", 2, (("tau", "0.05"),)).name
        'emotion-gcn-tau0.05-seed2'
    """

    preset: str
    seed: int
    setting: tuple[tuple[str, str], ...] = ()
    smaller: bool = False

    @property
    def name(self) -> str:
        """Name of its run folder."""
        parts = [self.preset, *(["smaller"] if self.smaller else []), *(f"{k}{v}" for k, v in self.setting)]
        return "-".join([*parts, f"seed{self.seed}"])

    def config(self, source: Source) -> Config:
        """Return its config for the given data."""
        preset = source.root if self.preset == "emotion-gcn" else self.preset
        changes = ["calibrate=none", *source.changes, *(source.smaller if self.smaller else ()), f"seed={self.seed}"]
        for key, value in self.setting:
            changes.append(_layers(int(value)) if key == "layers" else f"graph.{key}={value}")
        if self.preset == "emotion-gcn-emotic":
            changes.append(f'graph.borrowed={{"expression:expression": "emotic:{source.emotic}"}}')
        return load_config(preset, changes, root=source.root)


def _layers(count: int) -> str:
    return f"model.head.hidden_channels={[512] * (count - 1)}"


def of_system(system: str, seeds: int, *, smaller: bool = False) -> list[Planned]:
    """Return the runs of a system, for each of its presets and seeds."""
    return [Planned(preset, seed, smaller=smaller) for preset in SYSTEMS[system] for seed in range(seeds)]


def targets_of(text: str, source: Source) -> tuple[str, ...]:
    """Return the named table or figure, or for ``all`` every one that can be made from a source.

    Raises:
        InputError: There is no such table or figure, or it needs other data.
    """
    if text == "all":
        return source.targets
    if text not in TARGETS:
        known = ("all", *TARGETS)
        raise InputError(f"no table or figure {text!r}", expected=" | ".join(known), fix=closest(text, known))
    if text in SUPPLEMENT and source.emotic is None and source.name != "aff-wild2":
        raise InputError(f"{text} needs class edges from EMOTIC", fix="give the folder of EMOTIC: --emotic PATH")
    if text not in source.targets:
        raise InputError(f"{text} cannot be made from {source.name}", expected=shorten(source.targets, 12))
    return (text,)


def runs_of(target: str, source: Source, seeds: int) -> list[Planned]:
    """Return the runs that a table or figure needs; figures need only the first seed."""
    if target in ("table1", "table3"):
        return [run for system in source.systems for run in of_system(system, seeds)]
    if target == "table2":
        return [run for setting in grid() for run in of_setting(setting, seeds)]
    if target == "table4":
        return of_system("emotion-gcn", seeds)
    if target == "table5":
        return [run for system in SMALLER for run in of_system(system, seeds, smaller=True)]
    if target in ("fig4", "fig5", "fig6"):
        return [run for system in COMPARED for run in of_system(system, 1)]
    if target == "figS2":
        return [of_supplement()]
    return []  # fig1, fig3 and figS1 show annotations and graphs, without training


def of_supplement() -> Planned:
    """Return the run of the supplement: class edges from EMOTIC, p = 0.5."""
    return Planned("emotion-gcn-emotic", 0, (("p", "0.5"),))


def of_setting(setting: tuple[tuple[str, str], ...], seeds: int) -> list[Planned]:
    """Return the runs of one cell of Table II."""
    return [replace(run, setting=setting) for run in of_system("emotion-gcn", seeds)]


def grid() -> list[tuple[tuple[str, str], ...]]:
    """Return the settings of Table II, each once."""
    cells = [cell(layers, tau=tau) for layers in (1, 2, 3) for tau in TAUS]
    return list(dict.fromkeys(cells + [cell(layers, p=p) for layers in (1, 2, 3) for p in PS]))


def cell(layers: int, tau: float = 0.1, p: float = 0.7) -> tuple[tuple[str, str], ...]:
    """Return a setting of Table II as differences from the paper's default (two layers, tau 0.1, p 0.7).

    Example:
        >>> cell(3, tau=0.05), cell(2)
        ((('layers', '3'), ('tau', '0.05')), ())
    """
    given = {"layers": (layers, 2), "tau": (tau, 0.1), "p": (p, 0.7)}
    return tuple((key, f"{value:g}") for key, (value, default) in given.items() if value != default)
