"""A transcript to read: a line for each contribution, with the minute at which it began."""

from collections.abc import AsyncGenerator

from django.utils.timezone import localtime

from chat.models import Conversation
from chat.transcripts.timeline import Exchange, Part, Speakers, exchanges


async def as_text(
    conversation: Conversation, who: Speakers
) -> AsyncGenerator[str, None]:
    """The file, piece by piece."""
    yield f"{who.persona} and {who.visitor}\n"
    last: Part | None = None
    async for one in exchanges(conversation):
        if one.part != last:
            last = one.part
            yield f"\n{_began(last)}\n\n"
        for line in _lines(one, who):
            yield f"{line}\n"


def _began(part: Part) -> str:
    how = "Began" if part.number == 1 else "Continued"
    return f"— {how} on {localtime(part.zero_at):%d %B %Y at %H:%M %Z} —"


def _lines(one: Exchange, who: Speakers) -> list[str]:
    lines = []
    if one.asked:
        lines.append(
            f"[{clock(one.asked.starts_s)}] {who.visitor}: {_flat(one.turn.prompt)}"
        )
    mark = " — (interrupted)" if one.turn.interrupted else ""
    if one.turn.reply:
        starts_s = next((c.starts_s for c in one.said if not c.is_filler), one.at_s)
        lines.append(
            f"[{clock(starts_s)}] {who.persona}: {_flat(one.turn.reply)}{mark}"
        )
    elif one.turn.failed:
        lines.append(f"[{clock(one.at_s)}] (no answer: {one.turn.failed})")
    elif mark:
        lines.append(f"[{clock(one.at_s)}] (interrupted before the first word)")
    return lines


def clock(seconds: float) -> str:
    """Minutes and seconds, and hours when there are any: 04:07, 1:04:07."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _flat(text: str) -> str:
    return " ".join(text.split())
