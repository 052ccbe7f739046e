"""What is shown beside the stage: one exhibit of the session's persona, or nothing."""

from typing import Any, ClassVar

from asgiref.sync import sync_to_async

from config.errors import DomainError
from personas.models import Exhibit
from streaming.models import Session, SessionEvent

SHOW = "chat.show"
HIDE = "chat.hide"


class NoSuchExhibit(DomainError):
    """The session's persona has nothing of that name to show."""

    code: ClassVar[str] = "no_such_exhibit"
    status: ClassVar[int] = 404


async def show_exhibit(
    session: Session, name: str, *, turn: int | None = None
) -> Exhibit:
    """Show the session's viewer what its persona calls `name`.

    Nothing else can be shown: no other persona's exhibits and no free address. What is
    shown already is not shown again. `turn` is the number of the turn that shows it.
    Raises `NoSuchExhibit`.
    """
    return await sync_to_async(_show)(session, name, turn)


async def hide_exhibit(session: Session) -> None:
    """Show nothing any more; nothing happens where nothing is shown."""
    await sync_to_async(_hide)(session)


def exhibits_of(session: Session) -> list[Exhibit]:
    """What can be shown in this session."""
    found = Exhibit.objects.filter(persona=session.persona_id).fit_to_show()
    return list(found.select_related("persona"))


def shown_in(session: Session) -> dict[str, Any] | None:
    """What the session's viewer has beside the stage now, as `chat.show` told it."""
    told = SessionEvent.objects.filter(session=session, type__in=[SHOW, HIDE])
    last = told.order_by("-seq").first()
    if last is None or last.type == HIDE:
        return None
    shown: dict[str, Any] = last.data["exhibit"]
    return shown


def _show(session: Session, name: str, turn: int | None) -> Exhibit:
    exhibit = next((one for one in exhibits_of(session) if one.name == name), None)
    if exhibit is None:
        raise NoSuchExhibit(f"There is nothing called {name!r} to show.")
    shown = exhibit.as_shown()
    if shown != shown_in(session):
        by = {} if turn is None else {"turn": turn}
        session.record(SHOW, by | {"exhibit": shown})
    return exhibit


def _hide(session: Session) -> None:
    if shown_in(session) is not None:
        session.record(HIDE, {})
