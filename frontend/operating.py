"""The operators' board: its page, its history, and what staff can do from it.

What is done answers `{"success", "message"}` in words for a notice; a refusal has the
documented error body.
"""

import logging
import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.errors import DomainError
from streaming import queueing, services
from streaming.board.history import history
from streaming.models import Account, EndReason, Session, State
from streaming.publishing import tell_board

logger = logging.getLogger(__name__)

MAY_CHANGE_ACCOUNTS = "streaming.change_account"

Action = Callable[..., str]


class StaffOnly(DomainError):
    code: ClassVar[str] = "staff_only"
    status: ClassVar[int] = 403


class NoSuchThing(DomainError):
    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


class Invalid(DomainError):
    code: ClassVar[str] = "invalid"


# Looking -------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def board_page(request: HttpRequest) -> HttpResponse:
    """The board itself; what it shows comes by its websocket."""
    if not request.user.is_staff:
        return render(request, "403.html", status=403)
    context = {
        "stop_idle_s": settings.STOP_IDLE_S,
        "may_change_accounts": request.user.has_perm(MAY_CHANGE_ACCOUNTS),
    }
    return render(request, "frontend/board.html", context)


@require_safe
@never_cache
def board_history(request: HttpRequest) -> JsonResponse:
    """The seats over the last day."""
    if not request.user.is_staff:
        return _refused(StaffOnly("Only staff can see this."))
    return JsonResponse(history(now()))


# Doing ---------------------------------------------------------------------------------


def action(verb: Action) -> Callable[..., HttpResponse]:
    """A view for staff that does `verb`, says what came of it, and has boards look."""

    @require_POST
    @wraps(verb)
    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            if not request.user.is_staff:
                raise StaffOnly("Only staff can do this. Are you still signed in?")
            message = verb(request, **named)
        except DomainError as error:
            return _refused(error)
        logger.info(
            "An operator acted: %s.", verb.__name__, extra={"user": request.user.pk}
        )
        async_to_sync(tell_board)()
        return JsonResponse({"success": True, "message": message})

    return view


def _refused(error: DomainError) -> JsonResponse:
    return JsonResponse(error.body(), status=error.status)


@action
def stop_session(request: HttpRequest, session_id: uuid.UUID) -> str:
    session = _open_session(session_id)
    was_waiting = session.state == State.WAITING
    async_to_sync(services.close_session)(session, reason=EndReason.STAFF_STOPPED)
    whose = f"The session of {_name(session)}"
    if was_waiting:
        return f"{_name(session)} was taken out of the line."
    if session.state == State.CLOSING:
        return (
            f"{whose} is closing. It keeps its seat until its avatar service can be "
            "reached."
        )
    return f"{whose} was stopped."


@action
def stop_idle(request: HttpRequest) -> str:
    for_s = settings.STOP_IDLE_S
    count = async_to_sync(services.stop_idle)(for_s=for_s)
    return f"Stopped {_counted(count, 'session')} in which nothing was said for {for_s} seconds."


@action
def stop_all(request: HttpRequest) -> str:
    """Everybody who has a seat, and with `line` also everybody who waits.

    The line first: whoever is in it would be offered the seats that become free.
    """
    words = []
    if request.POST.get("line"):
        line = list(Session.objects.in_line())
        async_to_sync(services.stop_all)(line)
        words.append(f"Sent {_counted(len(line), 'visitor')} away from the line.")
    seated = list(Session.objects.seated())
    async_to_sync(services.stop_all)(seated)
    ids = [session.pk for session in seated]
    stuck = Session.objects.seated().filter(pk__in=ids).count()
    words.insert(0, f"Stopped {_counted(len(seated) - stuck, 'session')}.")
    if stuck:
        words.append(
            f"{stuck} more will be closed when their avatar service can be reached."
        )
    return " ".join(words)


@action
def move(request: HttpRequest, session_id: uuid.UUID) -> str:
    """Put a ticket at the place in the line that the form names."""
    given = request.POST.get("position", "")
    if not re.fullmatch("[1-9][0-9]{0,5}", given):
        raise Invalid("position: must be a whole number from 1.")
    ticket = _open_session(session_id)
    if not queueing.move(ticket, int(given)):
        raise NoSuchThing(f"{_name(ticket)} does not wait any more.")
    async_to_sync(services.move_line)()
    place = queueing.place_of(ticket, now())
    return (
        f"{_name(ticket)} is number {place.position if place else given} in line now."
    )


@action
def drain(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    Account.objects.filter(pk=pk).update(is_draining=True)
    return f"{account} takes no new sessions; those there go on to their end."


@action
def undrain(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    Account.objects.filter(pk=pk).update(is_draining=False)
    return f"{account} takes new sessions again."


@action
def wake_up(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    account.wake_up()
    return f"{account} is tried again with the next visitor."


def _open_session(session_id: uuid.UUID) -> Session:
    session = (
        Session.objects.open()
        .select_related("owner", "account")
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        raise NoSuchThing("This session has ended already.")
    return session


def _account(request: HttpRequest, pk: int) -> Account:
    if not request.user.has_perm(MAY_CHANGE_ACCOUNTS):
        raise StaffOnly("You have no permission to change accounts.")
    account = Account.objects.filter(pk=pk).first()
    if account is None:
        raise NoSuchThing("This account does not exist any more.")
    return account


def _name(session: Session) -> str:
    return session.owner.get_username() if session.owner else "a deleted user"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"
