"""Turn exceptions and signals into one error message and an exit code."""

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

AGAIN = "run the same command again, with --overwrite if it has written files"
"""How to continue a stopped command whose module has no ``RESUME_HINT``."""
FIXES = {
    errno.EACCES: "check the permissions of the file and its folders (ls -l)",
    errno.EPERM: "check the permissions of the file and its folders (ls -l)",
    errno.EROFS: "choose another disk: this one is read-only",
    errno.ENOSPC: "free disk space, or choose another disk (TMPDIR for temporary files)",
    errno.EDQUOT: "free disk space, or choose another disk: your quota is used up",
    errno.EFBIG: "increase the limit on the size of files (ulimit -f)",
    errno.EMFILE: "increase the limit on open files (ulimit -n), or use fewer workers",
    errno.ENOMEM: "free memory, or use a machine with more",
}


@contextmanager
def error_messages(hint: str, *, debug: bool = False) -> Iterator[None]:
    """Print one message on stderr for an exception, and exit with code 2; for a signal, with 128 + its number.

    Args:
        hint: How to continue after a signal, unless the exception has its own hint.
        debug: Whether to raise exceptions unchanged.
    """
    _print_anything()
    try:
        with stopping(hint):
            yield
    except InputError as error:
        _end(error, str(error), debug)
    except BrokenPipeError:
        sys.stdout = io.StringIO()  # the reader of the output has closed the pipe
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        name = error.filename if error.filename is not None else "a file"
        fix = FIXES.get(error.errno or 0, "use gcnlabel --debug ... to see the traceback")
        what = f"cannot access {os.fsdecode(name)}: {error.strerror or error}"
        _end(error, str(InputError(what, fix=fix)), debug)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        fix = "reduce the batch size or the model, or use a machine with more memory"
        _end(error, str(InputError("out of memory", fix=fix)), debug)
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
    """Print characters that the terminal's encoding lacks as question marks, instead of raising an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
