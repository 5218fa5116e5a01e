"""Run the HTTP server."""

from __future__ import annotations

import ipaddress
import socket
import warnings
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from gcnlabel.errors import GcnlabelWarning, InputError

CONCURRENT = 512
"""Largest number of concurrent requests; more get status 503."""


def serve(app: FastAPI, host: str, port: int, ready: Callable[[str], None] = lambda url: None) -> None:
    """Serve requests until a signal stops the server.

    Args:
        app: Application from :func:`gcnlabel.serving.make_app`.
        host: Address to listen on.
        port: Port; 0 for any free port.
        ready: Called with the URL before the first request is answered.

    Raises:
        InputError: The address cannot be used.

    Warns:
        GcnlabelWarning: ``host`` is not a loopback address; there is no authentication and no encryption.
    """
    if not is_loopback(host):
        warnings.warn(
            f"{host} can be reached from other machines, without authentication or encryption: put a reverse proxy "
            "with both in front of the server, or omit --host",
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
    """Return whether an address can be reached only from this machine.

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
            fix="give another --port (0 for any free port) or another --host",
        ) from error
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # avoids a delay of 40 ms between headers and body
    return bound
