"""The wire protocol's calls: each reads a request, asks the engine, and answers."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from aiortc import RTCIceCandidate, RTCIceServer

from streaming.engine import fields
from streaming.engine.auth import Caller, Doorkeeper
from streaming.engine.catalogue import (
    listed_avatars,
    listed_voices,
    streaming_avatars,
)
from streaming.engine.clock import Clock, SystemClock
from streaming.engine.errors import (
    InvalidParameter,
    InvalidQuery,
    InvalidText,
    MissingParameter,
    Unauthorized,
    WireError,
    WrongState,
)
from streaming.engine.fields import Body
from streaming.engine.orders import read_order
from streaming.engine.peers import BadDescription, parse_candidate
from streaming.engine.sessions import MAX_SESSION_S, Session, Sessions, State
from streaming.engine.studio import Studio, Warming

log = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 256 * 1024
MAX_SDP_CHARS: Final = 64 * 1024
MAX_TEXT_CHARS: Final = 1000
_OK: Final = 100
_TASK_TYPES: Final = ("repeat", "talk", "chat")
_TASK_MODES: Final = ("sync", "async")
_UNMETERED_QUOTA: Final = 360_000  # nothing is metered here, but clients show a number
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Api-Key",
    "Access-Control-Max-Age": "600",
}

SESSIONS: Final = web.AppKey("sessions", Sessions)
STUDIO: Final = web.AppKey("studio", Studio)
_ICE_SERVERS: Final = web.AppKey("ice_servers", list[RTCIceServer])
_WARMING: Final = web.AppKey("warming", Warming)
_DOORKEEPER: Final = web.AppKey("doorkeeper", Doorkeeper)
_CALLER: Final = web.RequestKey("caller", Caller)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(
    *,
    api_key: str = "",
    seats: int = 3,
    clock: Clock | None = None,
    ice_servers: list[RTCIceServer] | None = None,
    warming: Warming = Warming.NONE,
) -> web.Application:
    """The engine as an application; its clean-up closes every session.

    Without `api_key` any non-empty key is good. Timers take their time from `clock`.
    """
    clock = clock or SystemClock()
    app = web.Application(
        middlewares=[_allow_any_origin, _report_errors, _check_credentials],
        client_max_size=MAX_BODY_BYTES,
    )
    app[STUDIO] = Studio()
    app[SESSIONS] = Sessions(
        seats=seats, studio=app[STUDIO], clock=clock, ice_servers=ice_servers
    )
    app[_ICE_SERVERS] = ice_servers or []
    app[_DOORKEEPER] = Doorkeeper(api_key, clock)
    app.add_routes(_routes())
    app[_WARMING] = warming
    app.on_startup.append(_start)
    # Before the server waits for requests at work: those wait for speech to end.
    app.on_shutdown.append(_end_sessions)
    app.on_cleanup.append(_close)
    return app


def _routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", _healthz),
        web.post("/v1/streaming.create_token", _create_token),
        web.post("/v1/streaming.new", _new),
        web.post("/v1/streaming.start", _start_session),
        web.post("/v1/streaming.ice", _ice),
        web.post("/v1/streaming.task", _task),
        web.post("/v1/streaming.interrupt", _interrupt),
        web.post("/v1/streaming.keep_alive", _keep_alive),
        web.post("/v1/streaming.start_listening", _start_listening),
        web.post("/v1/streaming.stop_listening", _stop_listening),
        web.post("/v1/streaming.stop", _stop),
        web.get("/v1/streaming.list", _list),
        web.get("/v2/streaming.list", _list_history),
        web.get("/v1/streaming/avatar.list", _list_avatars),
        web.get("/v2/avatars", _avatars),
        web.get("/v2/voices", _voices),
        web.get("/v2/user/remaining_quota", _remaining_quota),
    ]


# Life of the application -----------------------------------------------------


async def _start(app: web.Application) -> None:
    app[STUDIO].start_warming(app[_WARMING])
    app[SESSIONS].start()


async def _end_sessions(app: web.Application) -> None:
    await app[SESSIONS].close()


async def _close(app: web.Application) -> None:
    await app[SESSIONS].close()
    await app[STUDIO].close()


# Around every call ------------------------------------------------------------


@web.middleware
async def _allow_any_origin(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=_CORS)
    response = await handler(request)
    response.headers.update(_CORS)
    return response


@web.middleware
async def _report_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure in the protocol's shape; only a bug of ours is a 500."""
    try:
        return await handler(request)
    except WireError as exc:
        return _error(exc.status, exc.code, str(exc))
    except web.HTTPRequestEntityTooLarge:
        too_large = InvalidParameter("body", f"must be under {MAX_BODY_BYTES} bytes")
        return _error(413, too_large.code, str(too_large))
    except web.HTTPException as exc:
        return _error(exc.status, exc.status, exc.reason)
    except Exception as exc:
        # By type alone: the message may hold what a visitor said.
        log.error(
            "A call failed.", extra={"why": type(exc).__name__, "at": _where(exc)}
        )
        return _error(500, 500, "Internal error")


@web.middleware
async def _check_credentials(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    if request.path != "/healthz" and request.match_info.http_exception is None:
        request[_CALLER] = request.app[_DOORKEEPER].admit(request.headers)
    return await handler(request)


# Calls with the account's key ------------------------------------------------


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _create_token(request: web.Request) -> web.Response:
    _need_key(request)
    return _data({"token": request.app[_DOORKEEPER].issue_token()})


async def _list(request: web.Request) -> web.Response:
    _need_key(request)
    sessions = [
        {
            "session_id": session.id,
            "status": str(session.state),
            "created_at": session.created_unix,
            "api_key_type": "regular",
        }
        for session in request.app[SESSIONS].active()
    ]
    return _ok({"sessions": sessions})


async def _list_history(request: web.Request) -> web.Response:
    """Sessions that are over, newest first."""
    _need_key(request)
    page = _query_number(request, "page", default=1, most=1_000_000)
    size = _query_number(request, "page_size", default=20, most=100)
    records = list(request.app[SESSIONS].history)[::-1]
    shown = records[(page - 1) * size : page * size]
    return _ok(
        {
            "total": len(records),
            "page": page,
            "page_size": size,
            "next_pagination_token": str(page + 1)
            if page * size < len(records)
            else "",
            "data": [
                {
                    "session_id": record.session_id,
                    "status": str(State.CLOSED),
                    "created_at": record.created_at,
                    "api_key_type": "regular",
                    "duration": round(record.duration_s, 3),
                    "avatar_id": record.avatar_id,
                    "voice_name": record.voice_name,
                    "end_reason": str(record.reason),
                }
                for record in shown
            ],
        }
    )


async def _remaining_quota(request: web.Request) -> web.Response:
    _need_key(request)
    return _data(
        {"remaining_quota": _UNMETERED_QUOTA, "details": {"api": _UNMETERED_QUOTA}}
    )


# Catalogues -------------------------------------------------------------------


async def _list_avatars(request: web.Request) -> web.Response:
    return _ok(streaming_avatars())


async def _avatars(request: web.Request) -> web.Response:
    return _data({"avatars": listed_avatars(), "talking_photos": []})


async def _voices(request: web.Request) -> web.Response:
    return _data({"voices": listed_voices()})


# A session's life ---------------------------------------------------------------


async def _new(request: web.Request) -> web.Response:
    body = await _body(request)
    session, offer = await request.app[SESSIONS].open(
        read_order(body), request[_CALLER].token
    )
    servers = [{"urls": [server.urls]} for server in request.app[_ICE_SERVERS]]
    return _ok(
        {
            "session_id": session.id,
            "sdp": {"type": "offer", "sdp": offer},
            "ice_servers": [url for server in servers for url in server["urls"]],
            "ice_servers2": servers,
            "session_duration_limit": int(MAX_SESSION_S),
        }
    )


async def _start_session(request: web.Request) -> web.Response:
    body = await _body(request)
    session = _session(request, body)
    await session.start(_answer(body))
    return _ok(None)


async def _ice(request: web.Request) -> web.Response:
    body = await _body(request)
    session = _session(request, body)
    candidate = _candidate(body)
    if candidate is not None:
        session.add_candidate(candidate)
    return _ok(None)


async def _task(request: web.Request) -> web.Response:
    """Have the avatar say something.

    "talk" and "chat" mean "answer this" in the cloud. There is no mind behind this
    engine, so it repeats what it is given; a client with a mind sends its answer.
    """
    body = await _body(request)
    session = _session(request, body)
    fields.choice(body, "task_type", _TASK_TYPES, _TASK_TYPES[0])
    mode = fields.choice(body, "task_mode", _TASK_MODES, _TASK_MODES[0])
    utterance = await session.say(_text(body))
    if mode == "sync":
        await asyncio.shield(utterance.ended)
    if not session.is_open:
        raise WrongState(session.state)
    duration_ms = round(utterance.duration_s * 1000, 1)
    return _ok({"duration_ms": duration_ms, "task_id": utterance.task_id})


async def _interrupt(request: web.Request) -> web.Response:
    session = _session(request, await _body(request))
    session.interrupt()
    return _ok(None)


async def _keep_alive(request: web.Request) -> web.Response:
    session = _session(request, await _body(request))
    session.keep_alive()
    return _ok(None)


async def _start_listening(request: web.Request) -> web.Response:
    session = _session(request, await _body(request))
    session.listen(True)
    return _ok(None)


async def _stop_listening(request: web.Request) -> web.Response:
    session = _session(request, await _body(request))
    session.listen(False)
    return _ok(None)


async def _stop(request: web.Request) -> web.Response:
    request.app[SESSIONS].stop(_session_id(request, await _body(request)))
    return _ok(None)


# Reading ------------------------------------------------------------------------


async def _body(request: web.Request) -> Body:
    """The request's JSON object, whatever its content type; nothing means {}."""
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidParameter("body", "must be JSON") from None
    if not isinstance(body, dict):
        raise InvalidParameter("body", "must be a JSON object")
    return body


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _session(request: web.Request, body: Body) -> Session:
    """The open session that the body names and that the caller may touch."""
    return request.app[SESSIONS].get(_session_id(request, body))


def _session_id(request: web.Request, body: Body) -> str:
    session_id = fields.required_text(body, "session_id")
    token = request[_CALLER].token
    if token is not None and token.session_id != session_id:
        raise Unauthorized
    return session_id


def _answer(body: Body) -> str:
    """The viewer's SDP: {"type": "answer", "sdp": "v=0…"}, or the text alone."""
    sdp = body.get("sdp")
    if sdp is None:
        raise MissingParameter("sdp")
    if isinstance(sdp, str):
        sdp = {"type": "answer", "sdp": sdp}
    if not isinstance(sdp, dict):
        raise InvalidParameter("sdp", "must be an object with type and sdp")
    fields.choice(sdp, "type", ["answer"], "answer")
    text = fields.optional_text(sdp, "sdp", max_chars=MAX_SDP_CHARS)
    if text is None:
        raise MissingParameter("sdp.sdp")
    return text


def _candidate(body: Body) -> RTCIceCandidate | None:
    """An ICE candidate in either known shape; nothing for an end of candidates."""
    given = body.get("candidate")
    if isinstance(given, dict):
        given = given.get("candidate")
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > MAX_TEXT_CHARS:
        raise InvalidParameter("candidate", "must be a short string")
    try:
        return parse_candidate(given)
    except BadDescription as exc:
        raise InvalidParameter("candidate", str(exc)) from exc


def _text(body: Body) -> str:
    text = body.get("text")
    if text is None:
        raise MissingParameter("text")
    if not isinstance(text, str):
        raise InvalidParameter("text", "must be a string")
    if not text.strip():
        raise InvalidText("invalid text: there is nothing to say")
    if len(text) > MAX_TEXT_CHARS:
        raise InvalidText(
            f"invalid text: {len(text)} characters, at most {MAX_TEXT_CHARS} are allowed"
        )
    return text


def _query_number(request: web.Request, name: str, *, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most:
        return int(text)
    raise InvalidQuery(f"invalid query parameter: {name} must be 1 to {most}")


def _need_key(request: web.Request) -> None:
    if not request[_CALLER].has_key:
        raise Unauthorized


# Answering -----------------------------------------------------------------------


def _ok(data: Any) -> web.Response:
    """The envelope of the streaming calls."""
    return web.json_response({"code": _OK, "data": data, "message": "success"})


def _data(data: Any) -> web.Response:
    """The envelope of the account calls."""
    return web.json_response({"error": None, "data": data})


def _error(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)


def _where(exc: Exception) -> str:
    """The innermost line of ours: enough to find the bug without its values."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
