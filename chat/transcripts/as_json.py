"""A transcript for programs: everything that is known of each turn and piece."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from chat.transcripts.timeline import Cue, Exchange, Extent, Speakers, exchanges

VERSION = 1


async def as_json(extent: Extent, who: Speakers) -> AsyncGenerator[str, None]:
    """The file, piece by piece: one object, whose `turns` come one in a line."""
    head = {
        "version": VERSION,
        "conversation": str(extent.conversation.pk),
        "persona": who.persona,
        "visitor": who.visitor,
        "began_at": extent.began_at.isoformat(),
        "sessions": [
            {
                "session": str(part.session),
                "began_at": part.zero_at.isoformat(),
                "starts_s": _s(part.starts_s),
            }
            for part in (await extent.parts()).values()
        ],
    }
    yield _dump(head)[:-1] + ', "turns": ['
    comma = "\n"
    async for one in exchanges(extent):
        yield comma + _dump(_turn(one))
        comma = ",\n"
    yield "\n]}\n"


def _turn(one: Exchange) -> dict[str, Any]:
    turn = one.turn
    return {
        "session": str(turn.session_id),
        "number": turn.number,
        "kind": turn.kind,
        "at": turn.created_at.isoformat(),
        "starts_s": _s(one.at_s),
        "prompt": turn.prompt,
        "reply": turn.reply,
        "interrupted": turn.interrupted,
        "failed": turn.failed or None,
        "timings": turn.timings(),
        "pieces": [_piece(cue) for cue in one.said],
        "sources": [source.as_dict() for source in turn.sources.all()],
    }


def _piece(cue: Cue) -> dict[str, Any]:
    return {
        "text": cue.text,
        "at": cue.at.isoformat(),
        "starts_s": _s(cue.starts_s),
        "ends_s": _s(cue.ends_s),
        "interrupted": cue.is_cut,
        "filler": cue.is_filler,
    }


def _s(seconds: float) -> float:
    return round(seconds, 3)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
