"""Serve a page on the loopback interface."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


def serve(html: str, tell: Callable[[str], Any], port: int = 0) -> None:
    """Serve a page until the program is interrupted.

    Only this machine can connect, and the ``Host`` header must be the server's own, against DNS rebinding.

    Args:
        html: The page.
        tell: Called with the URL when the server is ready.
        port: Port; 0 for any free port.
    """
    content = html.encode()

    class Handler(BaseHTTPRequestHandler):
        """Request handler that returns the page."""

        def do_GET(self) -> None:
            """Send the page for ``/``, else status 404."""
            number = server.server_address[1]
            own = self.headers.get("Host") in (f"{HOST}:{number}", f"localhost:{number}")
            found = own and self.path.partition("?")[0] == "/"
            body = content if found else b"not found\n"
            self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8" if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Do not log requests."""

    with ThreadingHTTPServer((HOST, port), Handler) as server:
        tell(f"http://{HOST}:{server.server_address[1]}/")
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            return
