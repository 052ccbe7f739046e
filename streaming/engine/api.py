"""The wire protocol's calls: each reads a request, asks the engine, and answers."""

import asyncio
import base64
from typing import Final

from aiohttp import web
from aiortc import RTCIceServer

from streaming.engine import fields
from streaming.engine.auth import Doorkeeper
from streaming.engine.catalogue import (
    listed_avatars,
    listed_voices,
    streaming_avatars,
)
from streaming.engine.clock import Clock, SystemClock
from streaming.engine.demo import demo_routes
from streaming.engine.errors import InvalidText, Unauthorized, WrongState
from streaming.engine.faults import FaultPlan
from streaming.engine.fields import Body
from streaming.engine.middlewares import (
    CALLER,
    CLOCK,
    DOORKEEPER,
    FAULT_PLAN,
    FAULTS,
    allow_any_origin,
    check_credentials,
    play_faults,
    report_errors,
)
from streaming.engine.network import described
from streaming.engine.orders import read_order
from streaming.engine.reading import (
    MAX_BODY_BYTES,
    answer_sdp,
    ice_candidate,
    page_number,
    read_body,
    spoken_text,
)
from streaming.engine.replies import account_data, ok
from streaming.engine.session import MAX_SESSION_S, Session, State
from streaming.engine.sessions import Sessions
from streaming.engine.speech import ServiceSettings, Voices
from streaming.engine.speech.sample import recorded
from streaming.engine.studio import Studio, Warming

_TASK_TYPES: Final = ("repeat", "talk", "chat")
_MAX_SAMPLE_CHARS: Final = 200
_TASK_MODES: Final = ("sync", "async")
_LONG_AGO: Final = 1_700_000_000
_UNMETERED_QUOTA: Final = 360_000  # nothing is metered here, but clients show a number

SESSIONS: Final = web.AppKey("sessions", Sessions)
STUDIO: Final = web.AppKey("studio", Studio)
_ICE_SERVERS: Final = web.AppKey("ice_servers", list[RTCIceServer])
_VOICES: Final = web.AppKey("voices", Voices)
_WARMING: Final = web.AppKey("warming", Warming)


def create_app(
    *,
    api_key: str = "",
    seats: int = 3,
    clock: Clock | None = None,
    ice_servers: list[RTCIceServer] | None = None,
    warming: Warming = Warming.NONE,
    faults: FaultPlan | None = None,
    demo: bool = False,
    speech: ServiceSettings | None = None,
) -> web.Application:
    """The engine as an application; its clean-up closes every session.

    Without `api_key` any non-empty key is good. Timers take their time from `clock`.
    """
    clock = clock or SystemClock()
    app = web.Application(
        middlewares=[allow_any_origin, report_errors, check_credentials, play_faults],
        client_max_size=MAX_BODY_BYTES,
    )
    app[STUDIO] = Studio(speech)
    app[_VOICES] = Voices(speech.voices if speech else ())
    app[SESSIONS] = Sessions(
        seats=seats, studio=app[STUDIO], clock=clock, ice_servers=ice_servers
    )
    app[_ICE_SERVERS] = ice_servers or []
    app[CLOCK] = clock
    app[DOORKEEPER] = Doorkeeper(api_key, clock)
    app[FAULT_PLAN] = faults or FaultPlan()
    app.add_routes(_routes())
    if demo:
        app.add_routes(demo_routes())
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
        web.post("/v1/greenroom.sample", _sample),
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


# Not of the wire protocol ----------------------------------------------------


async def _sample(request: web.Request) -> web.Response:
    """A sentence in the voice that streaming.new would give for the same body."""
    _need_key(request)
    body = await read_body(request)
    order = read_order(body, request.app[_VOICES])
    text = spoken_text(body)
    if len(text) > _MAX_SAMPLE_CHARS:
        raise InvalidText(
            f"invalid text: {len(text)} characters, at most {_MAX_SAMPLE_CHARS} are said"
        )
    speaker = request.app[STUDIO].speaker
    content, length_s = await recorded(
        speaker.pieces(text, order.voice, order.delivery)
    )
    audio = base64.b64encode(content).decode("ascii")
    return ok({"audio": audio, "duration_ms": round(length_s * 1000)})


# Calls with the account's key ------------------------------------------------


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _create_token(request: web.Request) -> web.Response:
    _need_key(request)
    return account_data({"token": request.app[DOORKEEPER].issue_token()})


async def _list(request: web.Request) -> web.Response:
    _need_key(request)
    sessions = [
        _listed(session.id, session.state, session.created_unix)
        for session in request.app[SESSIONS].active()
    ]
    if request[FAULTS].dead_session:
        dead_id = request.app[FAULT_PLAN].dead_session_id
        sessions.append(_listed(dead_id, State.CONNECTED, _LONG_AGO))
    return ok({"sessions": sessions})


def _listed(session_id: str, state: State, created_unix: int) -> dict[str, object]:
    return {
        "session_id": session_id,
        "status": str(state),
        "created_at": created_unix,
        "api_key_type": "regular",
    }


async def _list_history(request: web.Request) -> web.Response:
    """Sessions that are over, newest first."""
    _need_key(request)
    page = page_number(request, "page", default=1, most=1_000_000)
    size = page_number(request, "page_size", default=20, most=100)
    records = list(request.app[SESSIONS].history)[::-1]
    shown = records[(page - 1) * size : page * size]
    return ok(
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
    return account_data(
        {"remaining_quota": _UNMETERED_QUOTA, "details": {"api": _UNMETERED_QUOTA}}
    )


# Catalogues -------------------------------------------------------------------


async def _list_avatars(request: web.Request) -> web.Response:
    return ok(streaming_avatars())


async def _avatars(request: web.Request) -> web.Response:
    return account_data({"avatars": listed_avatars(), "talking_photos": []})


async def _voices(request: web.Request) -> web.Response:
    return account_data({"voices": listed_voices(request.app[_VOICES])})


# A session's life ---------------------------------------------------------------


async def _new(request: web.Request) -> web.Response:
    body = await read_body(request)
    session, offer = await request.app[SESSIONS].open(
        read_order(body, request.app[_VOICES]),
        request[CALLER].token,
        request[FAULTS].fate(request.app[FAULT_PLAN].dice),
    )
    servers = request.app[_ICE_SERVERS]
    return ok(
        {
            "session_id": session.id,
            "sdp": {"type": "offer", "sdp": offer},
            "ice_servers": [server.urls for server in servers],
            "ice_servers2": [described(server) for server in servers],
            "session_duration_limit": int(MAX_SESSION_S),
        }
    )


async def _start_session(request: web.Request) -> web.Response:
    body = await read_body(request)
    session = _session(request, body)
    await session.start(answer_sdp(body))
    return ok(None)


async def _ice(request: web.Request) -> web.Response:
    body = await read_body(request)
    session = _session(request, body)
    candidate = ice_candidate(body)
    if candidate is not None:
        session.add_candidate(candidate)
    return ok(None)


async def _task(request: web.Request) -> web.Response:
    """Have the avatar say something.

    "talk" and "chat" mean "answer this" in the cloud. There is no mind behind this
    engine, so it repeats what it is given; a client with a mind sends its answer.
    """
    body = await read_body(request)
    session = _session(request, body)
    fields.choice(body, "task_type", _TASK_TYPES, _TASK_TYPES[0])
    mode = fields.choice(body, "task_mode", _TASK_MODES, _TASK_MODES[0])
    utterance = await session.say(spoken_text(body))
    if mode == "sync":
        await asyncio.shield(utterance.ended)
    if not session.is_open:
        raise WrongState(session.state)
    duration_ms = round(utterance.duration_s * 1000, 1)
    return ok({"duration_ms": duration_ms, "task_id": utterance.task_id})


async def _interrupt(request: web.Request) -> web.Response:
    session = _session(request, await read_body(request))
    session.interrupt()
    return ok(None)


async def _keep_alive(request: web.Request) -> web.Response:
    session = _session(request, await read_body(request))
    session.keep_alive()
    return ok(None)


async def _start_listening(request: web.Request) -> web.Response:
    session = _session(request, await read_body(request))
    session.listen(True)
    return ok(None)


async def _stop_listening(request: web.Request) -> web.Response:
    session = _session(request, await read_body(request))
    session.listen(False)
    return ok(None)


async def _stop(request: web.Request) -> web.Response:
    session_id = _session_id(request, await read_body(request))
    if request.app[SESSIONS].knows_nobody(session_id):
        raise Unauthorized
    request.app[SESSIONS].stop(session_id)
    return ok(None)


# Who may touch what --------------------------------------------------------------


def _session(request: web.Request, body: Body) -> Session:
    """The open session that the body names and that the caller may touch."""
    session = request.app[SESSIONS].get(_session_id(request, body))
    if session.knows_nobody:
        raise Unauthorized
    return session


def _session_id(request: web.Request, body: Body) -> str:
    session_id = fields.required_text(body, "session_id")
    token = request[CALLER].token
    if token is not None and token.session_id != session_id:
        raise Unauthorized
    return session_id


def _need_key(request: web.Request) -> None:
    if not request[CALLER].has_key:
        raise Unauthorized
