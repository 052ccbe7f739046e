"""From a request's bytes to values that are known to be good.

Everything here raises a `WireError` that names what is wrong.
"""

import json
from typing import Any, Final

from aiohttp import web
from aiortc import RTCIceCandidate

from streaming.engine import fields
from streaming.engine.errors import (
    InvalidParameter,
    InvalidQuery,
    InvalidText,
    MissingParameter,
)
from streaming.engine.fields import Body
from streaming.engine.peers import BadDescription, parse_candidate

MAX_BODY_BYTES: Final = 256 * 1024
MAX_SDP_CHARS: Final = 64 * 1024
MAX_TEXT_CHARS: Final = 1000
_MAX_CANDIDATE_CHARS: Final = 1000


async def read_body(request: web.Request) -> Body:
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


def answer_sdp(body: Body) -> str:
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


def ice_candidate(body: Body) -> RTCIceCandidate | None:
    """An ICE candidate in either known shape; nothing for an end of candidates."""
    given = body.get("candidate")
    if isinstance(given, dict):
        given = given.get("candidate")
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > _MAX_CANDIDATE_CHARS:
        raise InvalidParameter("candidate", "must be a short string")
    try:
        return parse_candidate(given)
    except BadDescription as exc:
        raise InvalidParameter("candidate", str(exc)) from exc


def spoken_text(body: Body) -> str:
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


def page_number(request: web.Request, name: str, *, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most:
        return int(text)
    raise InvalidQuery(f"invalid query parameter: {name} must be 1 to {most}")
