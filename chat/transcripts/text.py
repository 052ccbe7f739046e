"""A transcript to read: a line for each contribution, with the minute at which it began."""

from collections.abc import AsyncGenerator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, override

from chat.transcripts.timeline import Exchange, Extent, Part, Speakers, exchanges


def as_text(extent: Extent, who: Speakers) -> AsyncGenerator[str, None]:
    """The file, piece by piece, in the language of whoever calls this."""
    return _text(extent, who, get_language() or "")


async def _text(
    extent: Extent, who: Speakers, language: str
) -> AsyncGenerator[str, None]:
    """The language is set anew for each line: between two of them others have the thread."""
    with override(language):
        head = gettext("%(persona)s and %(visitor)s")
    yield f"{head % {'persona': who.persona, 'visitor': who.visitor}}\n"
    last: Part | None = None
    async for one in exchanges(extent):
        if one.part != last:
            last = one.part
            with override(language):
                began = _began(last)
            yield f"\n{began}\n\n"
        with override(language):
            lines = _lines(one, who)
        for line in lines:
            yield f"{line}\n"


def _began(part: Part) -> str:
    zero_at = localtime(part.zero_at)
    if part.number == 1:
        how = gettext("Began on %(date)s at %(time)s")
    else:
        how = gettext("Continued on %(date)s at %(time)s")
    date = date_format(zero_at, "d F Y")
    said = how % {"date": date, "time": f"{zero_at:%H:%M %Z}"}
    return f"— {said} —"


def _lines(one: Exchange, who: Speakers) -> list[str]:
    lines = []
    if one.asked:
        lines.append(
            f"[{clock(one.asked.starts_s)}] {who.visitor}: {_flat(one.turn.prompt)}"
        )
    mark = f" — ({gettext('interrupted')})" if one.turn.interrupted else ""
    if one.turn.reply:
        starts_s = next((c.starts_s for c in one.said if not c.is_filler), one.at_s)
        lines.append(
            f"[{clock(starts_s)}] {who.persona}: {_flat(one.turn.reply)}{mark}"
        )
    elif one.turn.failed:
        words = gettext("no answer: %(code)s") % {"code": one.turn.failed}
        lines.append(f"[{clock(one.at_s)}] ({words})")
    elif mark:
        words = gettext("interrupted before the first word")
        lines.append(f"[{clock(one.at_s)}] ({words})")
    return lines


def clock(seconds: float) -> str:
    """Minutes and seconds, and hours when there are any: 04:07, 1:04:07."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _flat(text: str) -> str:
    return " ".join(text.split())
