"""What happens around every call: who may, from where, and how it fails."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from streaming.engine.auth import Caller, Doorkeeper
from streaming.engine.clock import Clock
from streaming.engine.errors import InvalidParameter, WireError, played
from streaming.engine.faults import HEADER, FaultPlan, Faults, call_of
from streaming.engine.reading import MAX_BODY_BYTES
from streaming.engine.replies import failure

log = logging.getLogger(__name__)

DOORKEEPER: Final = web.AppKey("doorkeeper", Doorkeeper)
CALLER: Final = web.RequestKey("caller", Caller)
CLOCK: Final[web.AppKey[Clock]] = web.AppKey("clock")
FAULT_PLAN: Final = web.AppKey("fault_plan", FaultPlan)
FAULTS: Final = web.RequestKey("faults", Faults)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": f"Authorization, Content-Type, X-Api-Key, {HEADER}",
    "Access-Control-Max-Age": "600",
}


@web.middleware
async def allow_any_origin(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=_CORS)
    response = await handler(request)
    response.headers.update(_CORS)
    return response


@web.middleware
async def report_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure in the protocol's shape; only a bug of ours is a 500."""
    try:
        return await handler(request)
    except WireError as exc:
        return failure(exc.status, exc.code, str(exc), exc.more)
    except web.HTTPRequestEntityTooLarge:
        too_large = InvalidParameter("body", f"must be under {MAX_BODY_BYTES} bytes")
        return failure(413, too_large.code, str(too_large))
    except web.HTTPException as exc:
        return failure(exc.status, exc.status, exc.reason)
    except Exception as exc:
        # By type alone: the message may hold what a visitor said.
        log.error(
            "A call failed.", extra={"why": type(exc).__name__, "at": _where(exc)}
        )
        return failure(500, 500, "Internal error")


@web.middleware
async def check_credentials(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    if _is_call(request) and request.match_info.http_exception is None:
        request[CALLER] = request.app[DOORKEEPER].admit(request.headers)
    return await handler(request)


@web.middleware
async def play_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Meet the request with the faults that the engine was told to play.

    A slow call has done its work while its answer is waited for, as it was in the cloud:
    whoever gives up waiting for a session leaves one behind.
    """
    plan = request.app[FAULT_PLAN]
    faults = request[FAULTS] = plan.of(request.headers)
    if not _is_call(request):
        return await handler(request)
    if plan.happens(faults.drop_calls):
        return _cut(request)
    call = call_of(request.path) or ""
    if code := faults.refused.get(call):
        raise played(code)
    response = await handler(request)
    if delay_s := faults.slow_s.get(call):
        await request.app[CLOCK].sleep(delay_s)
    return _cut(request) if plan.happens(faults.drop_answers) else response


def _is_call(request: web.Request) -> bool:
    """Whether this is one of the protocol's, not the page's or a health check."""
    return request.path.startswith(("/v1/", "/v2/"))


def _cut(request: web.Request) -> web.Response:
    """Hang up: what is returned has nowhere to go."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _where(exc: Exception) -> str:
    """The innermost line of ours: enough to find the bug without its values."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
