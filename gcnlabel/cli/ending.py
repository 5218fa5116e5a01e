"""How a command ends that cannot do its work: one message, an exit code, and what to do."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from gcnlabel.cli.terminal import printable
from gcnlabel.errors import InputError, is_out_of_memory
from gcnlabel.stopping import stopping

AGAIN = "run the same command again, with --overwrite where it has written files"
"""How to go on when a command was stopped, where its module has no ``GOING_ON``."""
FIXES = {
    errno.EACCES: "check the rights of the file and its folders (ls -l)",
    errno.EPERM: "check the rights of the file and its folders (ls -l)",
    errno.EROFS: "it lies on a disk that is read-only: choose another",
    errno.ENOSPC: "make room, or choose another disk (TMPDIR says where temporary files go)",
    errno.EDQUOT: "make room, or choose another disk: your quota is used up",
    errno.EFBIG: "the limit on the size of a file is reached (ulimit -f)",
    errno.EMFILE: "too many files are open: ulimit -n, or fewer workers",
    errno.ENOMEM: "free memory, or a machine with more",
}


@contextmanager
def spoken(hint: str, *, debug: bool = False) -> Iterator[None]:
    """Make what ends a command one message on stderr: exit code 2 for errors, 128 + its number for a signal.

    Args:
        hint: How to go on after a signal, unless what it stopped knows better.
        debug: Whether errors are shown as they are.
    """
    _print_anything()
    try:
        with stopping(hint):
            yield
    except InputError as error:
        _end(error, str(error), debug)
    except BrokenPipeError:
        sys.stdout = io.StringIO()  # who read the output has enough of it
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        name = error.filename if error.filename is not None else "a file"
        fix = FIXES.get(error.errno or 0, "gcnlabel --debug ... shows where it happened")
        what = f"the system refuses {os.fsdecode(name)}: {error.strerror or error}"
        _end(error, str(InputError(what, fix=fix)), debug)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        fix = "less data at once, fewer channels of the model, or a machine with more"
        _end(error, str(InputError("memory ran out", fix=fix)), debug)
    except KeyboardInterrupt as stop:
        signum = getattr(stop, "signum", signal.SIGINT)
        with suppress(OSError):
            click.echo(f"stopped by {signal.Signals(signum).name}; {stop if str(stop) else hint}", err=True)
        sys.exit(128 + signum)


def _end(error: BaseException, text: str, debug: bool) -> None:
    if debug:
        raise error
    click.echo(f"error: {printable(text)}", err=True)
    sys.exit(2)


def _print_anything() -> None:
    """Print what the terminal's encoding lacks as question marks, instead of ending."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
