"""Train a model from a config or a preset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.completing import presets_and_files, settings
from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from gcnlabel.config import Config
    from gcnlabel.run import RunFolder

RESUME_HINT = "continue with: gcnlabel train --resume --output RUN"
EXAMPLES = """\b
Examples:
  gcnlabel train synthetic-faces --output runs/graph
  gcnlabel train synthetic-faces --set model.head.name=linear --output runs/linear
  gcnlabel train config.yaml --set optimizer.lr=0.01 --set training.epochs=20 --seed 3 --output runs/a
  gcnlabel train --resume --output runs/a
  gcnlabel train config.yaml --resume --output runs/a   # starts it, or continues it if it was interrupted
  gcnlabel train --resume --set training.epochs=40 --output runs/a   # trains a finished run longer
  gcnlabel train config.yaml --devices 4 --output runs/a                   # four devices of this machine
  torchrun --nnodes 2 --nproc-per-node 4 --rdzv-backend c10d --rdzv-endpoint host:29500 \\
      -m gcnlabel train config.yaml --devices 4 --num-nodes 2 --output runs/a   # on each of two machines
"""


@click.command(epilog=EXAMPLES)
@click.argument("config", required=False, shell_complete=presets_and_files)
@click.option("--output", type=click.Path(), required=True, help="Folder of the run.")
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@click.option("--seed", type=click.IntRange(min=0), help="Random seed.  [default: the config's]")
@click.option("--resume", "resuming", is_flag=True, help="Continue after the last finished epoch, or start the run.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace an existing run.")
@click.option("--devices", default="1", show_default=True, help="Devices per machine, or auto for all.")
@click.option("--num-nodes", default=1, show_default=True, type=click.IntRange(min=1), help="Number of machines.")
@json_option
def train(
    config: str | None,
    output: str,
    changes: tuple[str, ...],
    seed: int | None,
    resuming: bool,
    overwrite: bool,
    trust: bool,
    devices: str,
    num_nodes: int,
) -> Any:
    """Train a model from CONFIG, a YAML file or the name of a shipped preset.

    The run folder keeps the resolved config, the graph, the metrics of every epoch, the last and the best checkpoint
    and the final evaluation.
    """
    _check_asked(config, output, resuming=resuming, overwrite=overwrite)
    where: dict[str, Any] = {"devices": devices if devices == "auto" else _number(devices), "num_nodes": num_nodes}
    changes = (*changes, *(() if seed is None else (f"seed={seed}",)))
    from gcnlabel.config import load_config  # imported late, so that invalid options are reported quickly

    wanted = None if config is None else load_config(config, changes)
    from gcnlabel.cli.tables import show_evaluation
    from gcnlabel.run import RunFolder, resume
    from gcnlabel.run import train as train_run
    from gcnlabel.run.requeue import is_first_process

    folder = RunFolder(output, trust=trust)
    if wanted is None or resuming:
        evaluation = resume(folder, wanted or _changed(folder, changes), **where)
    else:
        evaluation = train_run(wanted, folder, overwrite=overwrite, **where)
    if is_first_process():
        show_evaluation(output, evaluation)
    return evaluation


def _check_asked(config: str | None, output: str, *, resuming: bool, overwrite: bool) -> None:
    """Check the options that can be checked without heavy imports.

    Raises:
        InputError: Options contradict each other, or there is no config and no run to resume.
    """
    from gcnlabel.errors import InputError
    from gcnlabel.run.places import refuse_none

    if resuming and overwrite:
        raise InputError(
            "--resume and --overwrite", expected="one of them: --resume continues a run, --overwrite replaces it"
        )
    if config is None:
        if not resuming:
            raise InputError(
                "no CONFIG given", expected="a YAML file or a preset; only --resume can use the run's own config"
            )
        refuse_none(output)


def _changed(folder: RunFolder, changes: tuple[str, ...]) -> Config | None:
    """Return the config of a run with changes applied; None if there are no changes."""
    from gcnlabel.run.folder import config_of_run

    folder.load_config()  # raises if there is none
    return config_of_run(folder.config, changes) if changes else None


def _number(devices: str) -> int:
    from gcnlabel.errors import InputError

    if not devices.isdigit() or int(devices) == 0:
        raise InputError(f"--devices {devices}", expected="auto or a number, at least 1")
    return int(devices)
