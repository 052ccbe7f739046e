"""One picture of what is open now: sessions, the line, accounts."""

from datetime import datetime
from typing import Any

from streaming import queueing
from streaming.models import SEATED, Account, Session, State
from streaming.queueing import Place

_SESSION_FIELDS = (
    "id",
    "state",
    "ice_state",
    "seat",
    "created_at",
    "seated_at",
    "ends_at",
    "last_activity_at",
    "persona__name",
    "owner_id",
    "owner__username",
    "account_id",
    "account__name",
)
_ACCOUNT_FIELDS = (
    "id",
    "name",
    "seat_limit",
    "is_enabled",
    "is_draining",
    "foreign_sessions",
    "failures",
    "resting_until",
    "last_problem",
)


def board(at: datetime) -> dict[str, Any]:
    """Everything that the board shows, but for what browsers report of their media.

    Seats come in the order of their accounts and numbers, tickets in the order of the line.
    """
    found = list(
        Session.objects.filter(state__in=(State.WAITING, *SEATED))
        .order_by("account__priority", "account_id", "seat", "id")
        .values(*_SESSION_FIELDS)
    )
    waiting = {row["id"]: row for row in found if row["state"] == State.WAITING}
    seated = [row for row in found if row["state"] != State.WAITING]
    shown = accounts([row["account_id"] for row in seated])
    places = queueing.places(at) if waiting else {}
    return {
        "sessions": [_seated(row) for row in seated],
        "line": [
            _waiting(waiting[pk], place)
            for pk, place in places.items()
            if pk in waiting  # the line may have grown between two looks
        ],
        "accounts": shown,
        "seats": seats(shown),
    }


def seats_now() -> int:
    """How many seats there are, as the board counts them."""
    taken = Session.objects.seated().values_list("account_id", flat=True)
    return seats(accounts(list(taken)))


def seats(shown: list[dict[str, Any]]) -> int:
    """Those of accounts that take sessions, and what is taken yet of the others."""
    return sum(
        one["seat_limit"]
        if one["is_enabled"] and not one["is_draining"]
        else one["taken"]
        for one in shown
    )


def accounts(taken: list[int | None]) -> list[dict[str, Any]]:
    """Every account; `taken` has the account of each seat that is held."""
    return [
        _account(row, taken=taken.count(row["id"]))
        for row in Account.objects.values(*_ACCOUNT_FIELDS)
    ]


def _seated(row: dict[str, Any]) -> dict[str, Any]:
    return _who(row) | {
        "account": row["account__name"],
        "seat": row["seat"],
        "ice_state": row["ice_state"],
        "seated_at": _iso(row["seated_at"] or row["created_at"]),
        "ends_at": _iso(row["ends_at"]),
        "last_activity_at": _iso(row["last_activity_at"]),
    }


def _waiting(row: dict[str, Any], place: Place) -> dict[str, Any]:
    return _who(row) | place.as_dict()


def _who(row: dict[str, Any]) -> dict[str, Any]:
    """What a seat and a ticket have in common. A deleted persona or user is null."""
    return {
        "id": str(row["id"]),
        "state": row["state"],
        "persona": row["persona__name"],
        "user": row["owner__username"],
        "user_id": row["owner_id"],
        "created_at": _iso(row["created_at"]),
    }


def _account(row: dict[str, Any], *, taken: int) -> dict[str, Any]:
    shown = {name: row[name] for name in _ACCOUNT_FIELDS if name != "foreign_sessions"}
    return shown | {
        "taken": taken,
        "others": row["foreign_sessions"],
        "resting_until": _iso(row["resting_until"]),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
