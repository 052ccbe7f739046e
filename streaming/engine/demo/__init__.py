"""One page to try the engine without the portal: `python -m streaming.engine --demo`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

_HERE: Final = Path(__file__).resolve().parent
_PATHS: Final = {
    "/": "page.html",
    "/demo/page.css": "page.css",
    "/demo/page.js": "page.js",
    "/demo/wire.js": "wire.js",
    "/favicon.svg": "favicon.svg",
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def demo_routes() -> list[web.RouteDef]:
    return [web.get(path, _serving(_HERE / name)) for path, name in _PATHS.items()]


def _serving(file: Path) -> _Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file, headers=_HEADERS)

    return serve
