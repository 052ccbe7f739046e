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
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.errors import DomainError
from personas.acts import Act, note
from streaming import queueing, services
from streaming.board.history import history
from streaming.models import Account, EndReason, Session, State
from streaming.permissions import DRAIN, MAY_SUPPORT
from streaming.publishing import tell_board

logger = logging.getLogger(__name__)

#: Either will do: who may change accounts, or who may only drain and wake them.
MAY_DRAIN = (DRAIN, "streaming.change_account")

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
        "may_drain": _may_drain(request),
        "may_support": request.user.has_perm(MAY_SUPPORT),
    }
    return render(request, "frontend/board.html", context)


@require_safe
@never_cache
def board_history(request: HttpRequest) -> JsonResponse:
    """The seats over the last day."""
    if not request.user.is_staff:
        return _refused(StaffOnly(gettext("Only staff can see this.")))
    return JsonResponse(history(now()))


# Doing ---------------------------------------------------------------------------------


def action(verb: Action) -> Callable[..., HttpResponse]:
    """A view for staff that does `verb`, says what came of it, and has boards look."""

    @require_POST
    @wraps(verb)
    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            if not request.user.is_staff:
                raise StaffOnly(
                    gettext("Only staff can do this. Are you still signed in?")
                )
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
    note(request.user, Act.STOPPED, session)
    who = {"name": _name(session)}
    if was_waiting:
        return gettext("%(name)s was taken out of the line.") % who
    if session.state == State.CLOSING:
        return (
            gettext(
                "The session of %(name)s is closing. It keeps its seat until its avatar "
                "service can be reached."
            )
            % who
        )
    return gettext("The session of %(name)s was stopped.") % who


@action
def stop_idle(request: HttpRequest) -> str:
    for_s = settings.STOP_IDLE_S
    idle = list(Session.objects.idle(now(), for_s))
    count = async_to_sync(services.stop_idle)(for_s=for_s)
    note(request.user, Act.STOPPED_IDLE, *idle)
    return ngettext(
        "Stopped %(count)d session in which nothing was said for %(seconds)d seconds.",
        "Stopped %(count)d sessions in which nothing was said for %(seconds)d seconds.",
        count,
    ) % {"count": count, "seconds": for_s}


@action
def stop_all(request: HttpRequest) -> str:
    """Everybody who has a seat, and with `line` also everybody who waits.

    The line first: whoever is in it would be offered the seats that become free.
    """
    words = []
    line = list(Session.objects.in_line()) if request.POST.get("line") else []
    if request.POST.get("line"):
        async_to_sync(services.stop_all)(line)
        words.append(
            ngettext(
                "Sent %(count)d visitor away from the line.",
                "Sent %(count)d visitors away from the line.",
                len(line),
            )
            % {"count": len(line)}
        )
    seated = list(Session.objects.seated())
    async_to_sync(services.stop_all)(seated)
    note(request.user, Act.STOPPED_ALL, *line, *seated)
    ids = [session.pk for session in seated]
    stuck = Session.objects.seated().filter(pk__in=ids).count()
    count = len(seated) - stuck
    words.insert(
        0,
        ngettext("Stopped %(count)d session.", "Stopped %(count)d sessions.", count)
        % {"count": count},
    )
    if stuck:
        words.append(
            ngettext(
                "%(count)d more will be closed when its avatar service can be reached.",
                "%(count)d more will be closed when their avatar service can be reached.",
                stuck,
            )
            % {"count": stuck}
        )
    return " ".join(words)


@action
def move(request: HttpRequest, session_id: uuid.UUID) -> str:
    """Put a ticket at the place in the line that the form names."""
    given = request.POST.get("position", "")
    if not re.fullmatch("[1-9][0-9]{0,5}", given):
        raise Invalid(gettext("position: must be a whole number from 1."))
    ticket = _open_session(session_id)
    if not queueing.move(ticket, int(given)):
        raise NoSuchThing(
            gettext("%(name)s does not wait any more.") % {"name": _name(ticket)}
        )
    note(request.user, Act.MOVED, ticket)
    async_to_sync(services.move_line)()
    place = queueing.place_of(ticket, now())
    return gettext("%(name)s is number %(place)s in line now.") % {
        "name": _name(ticket),
        "place": place.position if place else given,
    }


@action
def drain(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    account.drain()
    return gettext(
        "%(account)s takes no new sessions; those there go on to their end."
    ) % {"account": account}


@action
def undrain(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    account.drain(False)
    return gettext("%(account)s takes new sessions again.") % {"account": account}


@action
def wake_up(request: HttpRequest, pk: int) -> str:
    account = _account(request, pk)
    account.wake_up()
    note(request.user, Act.WOKE, account)
    return gettext("%(account)s is tried again with the next visitor.") % {
        "account": account
    }


def _open_session(session_id: uuid.UUID) -> Session:
    session = (
        Session.objects.open()
        .select_related("owner", "account")
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        raise NoSuchThing(gettext("This session has ended already."))
    return session


def _account(request: HttpRequest, pk: int) -> Account:
    if not _may_drain(request):
        raise StaffOnly(gettext("You have no permission to change accounts."))
    account = Account.objects.filter(pk=pk).first()
    if account is None:
        raise NoSuchThing(gettext("This account does not exist any more."))
    return account


def _may_drain(request: HttpRequest) -> bool:
    return any(request.user.has_perm(one) for one in MAY_DRAIN)


def _name(session: Session) -> str:
    return session.owner.get_username() if session.owner else gettext("a deleted user")
