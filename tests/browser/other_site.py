"""Somebody else's site: a static page of theirs, on a port and under a name of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class OtherSite:
    """Serves the pages it is given. By address, since the portal is `localhost`."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: str) -> str:
        """The address of a new page."""
        head = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>'
        )
        self.pages[path] = f"{head}<body>{body}</body></html>"
        return self.origin + path


@contextmanager
def other_site() -> Iterator[OtherSite]:
    site = OtherSite(0)

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path, "").encode()
            self.send_response(200 if page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            """Nobody reads along."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
