"""The admin's first page: how the site fares, in numbers that are true now.

Every part is shown to those who may see what it is about, and to nobody else.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import now
from django.utils.translation import gettext

from frontend.administration.audit import Wanted, entries
from frontend.administration.warnings import unread
from personas.models import Document
from streaming.admin import health_in_words
from streaming.board.rows import board
from streaming.models import EndReason, Session, State, UsageEntry
from streaming.periods import Span, period_of
from streaming.permissions import READ_AUDIT

DAY = timedelta(hours=24)
CHANGES_SHOWN = 8
DOCUMENTS_SHOWN = 5


def dashboard(request: HttpRequest) -> dict[str, Any]:
    user, at = request.user, now()
    parts: dict[str, Any] = {
        "warnings": unread(request),
        "quick": _quick_actions(user),
    }
    if user.has_perm("streaming.view_session"):
        parts |= _seats(at, with_accounts=user.has_perm("streaming.view_account"))
        parts["failed_sessions"] = _failed_sessions(at)
    if user.has_perm("streaming.view_usageentry"):
        parts["used_today"] = _used_today(at)
    if user.has_perm("personas.view_document"):
        parts["failed_documents"] = _failed_documents()
    if user.has_perm(READ_AUDIT):
        parts["changes"] = entries(Wanted(), first=0, count=CHANGES_SHOWN)
    return parts


def _seats(at: datetime, *, with_accounts: bool) -> dict[str, Any]:
    shown = board(at)
    return {
        "open_sessions": len(shown["sessions"]),
        "waiting": len(shown["line"]),
        "seats": shown["seats"],
        "seat_accounts": [_account(one, at) for one in shown["accounts"]]
        if with_accounts
        else None,
    }


def _account(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    free = max(0, row["seat_limit"] - row["taken"] - row["others"])
    level, words = health_in_words(row, at)
    return row | {
        "free": free,
        "url": reverse("admin:streaming_account_change", args=[row["id"]]),
        "level": level,
        "health": words,
    }


def _failed_sessions(at: datetime) -> list[dict[str, Any]]:
    """Of the last day, by reason, the commonest first."""
    listed = reverse("admin:streaming_session_changelist")
    rows = (
        Session.objects.filter(state=State.FAILED, ended_at__gt=at - DAY)
        .order_by()
        .values_list("end_reason")
        .annotate(count=Count("pk"))
    )
    return [
        {
            "why": EndReason(reason).label if reason else gettext("unknown"),
            "count": count,
            "url": f"{listed}?state__exact={State.FAILED}&end_reason__exact={reason}",
        }
        for reason, count in sorted(rows, key=lambda row: -row[1])
    ]


def _used_today(at: datetime) -> dict[str, Any]:
    period = period_of(Span.DAY, at)
    minutes = UsageEntry.objects.used_in(period).total_seconds() / 60
    ended = UsageEntry.objects.filter(ended_at__gt=period.start)
    cost = ended.aggregate(cost=Sum("cost"))["cost"]
    return {
        "minutes": round(minutes, 1),
        "cost": None if cost is None else f"{cost:.2f} {settings.COST_CURRENCY}",
        "url": reverse("site_usage"),
    }


def _failed_documents() -> dict[str, Any]:
    failed = Document.objects.filter(state=Document.State.FAILED)
    listed = reverse("admin:personas_document_changelist")
    return {
        "count": failed.count(),
        "some": failed.select_related("persona").order_by("-pk")[:DOCUMENTS_SHOWN],
        "url": f"{listed}?state__exact={Document.State.FAILED}",
    }


def _quick_actions(user: User | AnonymousUser) -> list[dict[str, str]]:
    wanted = (
        ("board", "streaming.view_session", "seat", gettext("Operators’ board")),
        (
            "admin:personas_persona_add",
            "personas.add_persona",
            "plus",
            gettext("Add a persona"),
        ),
        (
            "admin:streaming_account_add",
            "streaming.add_account",
            "plus",
            gettext("Add an account"),
        ),
        ("admin:auth_user_add", "auth.add_user", "plus", gettext("Add a person")),
        ("teams", "personas.add_team", "person", gettext("Invite people to a team")),
    )
    return [
        {"url": url, "icon": icon, "text": text}
        for name, permission, icon, text in wanted
        if user.has_perm(permission) and (url := _address(name))
    ]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
