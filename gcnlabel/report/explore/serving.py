"""A page on a server of this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


def serve(html: str, tell: Callable[[str], Any], port: int = 0) -> None:
    """Serve a page until the program is interrupted.

    Only this machine can ask for it, and only by the address that is told: a page elsewhere cannot have the browser
    ask under a name of its own.

    Args:
        html: The page.
        tell: Called with the address when the server answers.
        port: Port to use; 0 for one that is free.
    """
    content = html.encode()

    class Handler(BaseHTTPRequestHandler):
        """Answers with the page."""

        def do_GET(self) -> None:
            """Send the page; nothing else is here."""
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
            """Say nothing about requests."""

    with ThreadingHTTPServer((HOST, port), Handler) as server:
        tell(f"http://{HOST}:{server.server_address[1]}/")
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            return
