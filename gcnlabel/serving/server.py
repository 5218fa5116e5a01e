"""A served run at an address."""

from __future__ import annotations

import ipaddress
import socket
import warnings
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from gcnlabel.errors import GcnlabelWarning, InputError

CONCURRENT = 512
"""Requests at once; more are told to come back (503)."""


def serve(app: FastAPI, host: str, port: int, ready: Callable[[str], None] = lambda url: None) -> None:
    """Answer requests until a signal ends this.

    Args:
        app: What :func:`gcnlabel.serving.make_app` returns.
        host: Address; another than loopback is warned about, since there is no password and no encryption.
        port: Port; 0 for one that is free.
        ready: Called with the URL before the first request is answered.

    Raises:
        InputError: The address cannot be used.
    """
    if not is_loopback(host):
        warnings.warn(
            f"{host} is reached from other machines: there is neither a password nor encryption; put a reverse proxy "
            "with both before it, or leave --host out",
            GcnlabelWarning,
            stacklevel=2,
        )
    with listening(host, port) as bound:
        config = uvicorn.Config(app, log_level="warning", access_log=False, limit_concurrency=CONCURRENT)
        ready(f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}")
        try:
            uvicorn.Server(config).run(sockets=[bound])
        except KeyboardInterrupt:  # raised again by uvicorn, after open requests were answered
            return


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from this machine alone.

    Example:
        >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
        [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises:
        InputError: The address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"port {port} of {host} cannot be used: {getattr(error, 'strerror', None) or error}",
            fix="another --port (0 for one that is free), or another --host",
        ) from error
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the body waits 40 ms for the headers to arrive
    return bound
