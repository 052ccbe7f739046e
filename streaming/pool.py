"""The accounts as one pool: who is asked for a session, in which order, and how they fare.

Order is by priority, then age. An account is passed over while it is off, draining, full
or resting; see `Account` for how it comes to rest and wakes.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from config.errors import DomainError
from streaming.errors import AccountsResting, NoAccounts, NoSeat
from streaming.models import Account, Session
from streaming.providers import provider_for
from streaming.providers.base import (
    BadReply,
    Busy,
    NotAuthorised,
    NoUpstreamSeat,
    ProviderError,
    Rejected,
    Unreachable,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Search:
    """One request's way through the accounts, and what came of each."""

    #: Whose avatars and voices are on show, so that wishes are made for it.
    preferred: Account | None = None
    to_try: list[Account] = field(default_factory=list)
    full: list[Account] = field(default_factory=list)
    resting: list[Account] = field(default_factory=list)
    failed: list[tuple[Account, Exception]] = field(default_factory=list)

    @classmethod
    def begin(cls, at: datetime) -> Self:
        """Sort the accounts by what they look like now; nothing is claimed yet."""
        accounts = list(Account.objects.filter(is_enabled=True))
        search = cls(preferred=accounts[0] if accounts else None)
        for account in accounts:
            if account.is_draining:
                continue
            if account.is_resting(at):
                search.resting.append(account)
            elif not account.free_seats():
                search.full.append(account)
            else:
                search.to_try.append(account)
        return search

    def refusal(self, owner: User, at: datetime) -> Exception:
        """Why nothing was opened, as clearly as it can be said to the visitor."""
        full_there = [e for _, e in self.failed if isinstance(e, NoUpstreamSeat)]
        if self.full or 0 < len(full_there) < len(self.failed):
            return self._no_seat(owner, is_full_there=bool(full_there))
        if self.failed:
            return _clearest([error for _, error in self.failed])
        if self.resting:
            return self._resting(at)
        return NoAccounts(
            "No avatar account takes new sessions."
            if self.preferred
            else "No avatar account is switched on.",
            detail="Staff can add, enable or undrain one under Accounts in the admin.",
        )

    def _no_seat(self, owner: User, *, is_full_there: bool) -> NoSeat:
        """Somebody may leave, so waiting helps; what is wrong besides is said too."""
        seats = sum(account.seat_limit for account in self.full)
        message = f"All {seats} seats are taken."
        if Session.objects.in_line().exists():
            message = f"All {seats} seats are taken, or offered to people in line."
        if is_full_there:
            message = "All seats are taken, some by others who use the same account."
        broken = [e for _, e in self.failed if not isinstance(e, NoUpstreamSeat)]
        error = _clearest(broken) if broken else None
        if error:
            words = error if isinstance(error, DomainError) else "an unknown problem."
            message += f" Opening one elsewhere failed: {words}"
        elif self.resting:
            message += " Other accounts are resting after failures."
        return NoSeat(
            message,
            detail=_who_can_help(owner),
            because=error if isinstance(error, DomainError) else None,
        )

    def _resting(self, at: datetime) -> AccountsResting:
        first = min(self.resting, key=lambda account: account.resting_until or at)
        until = first.resting_until or at
        return AccountsResting(
            "The avatar service has failed several times in a row and is left alone "
            f"until {localtime(until):%H:%M:%S %Z}.",
            detail=f"What was wrong: {first.last_problem}",
            retry_after_s=(until - at).total_seconds(),
        )


def _clearest(errors: list[Exception]) -> Exception:
    """That of the first account that said what is wrong with it."""
    told = [error for error in errors if isinstance(error, ProviderError)]
    return told[0] if told else errors[0]


def _who_can_help(owner: User) -> str:
    own = Session.objects.seated().filter(owner=owner).count()
    if own:
        return (
            f"{own} of them are yours: close one under Your sessions, "
            "or with POST /persona/heygen/session/stop."
        )
    return (
        "None of them is yours: wait until somebody closes one, or ask staff, "
        "who can stop sessions in the admin."
    )


# Outcomes ---------------------------------------------------------------------------------


def note_outcome(account: Account, error: Exception | None, at: datetime) -> None:
    """What an opening's outcome means for the account.

    A service that is full is in order. One that rejects what was asked may be in order or
    not: the caller's wish may be at fault. Everything else is the account's failure.
    """
    match error:
        case None:
            account.note_success()
        case NoUpstreamSeat():
            account.note_success()
            account.note_full(at=at)
        case Rejected():
            account.end_trial(at)
        case _:
            if not isinstance(error, DomainError):
                logger.error("An account failed in an unknown way.", exc_info=error)
            account.note_failure(_in_words(error), at=at)


def is_worth_trying_elsewhere(error: Exception) -> bool:
    """Whether another account may do better; what was asked wrongly stays wrong."""
    return not isinstance(error, Rejected)


def _in_words(error: Exception) -> str:
    """An unexpected error by its type alone: its words may hold what is not for all."""
    return error.detail if isinstance(error, DomainError) else type(error).__name__


# Testing ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a test of one account found, in words for staff."""

    is_fine: bool
    words: str


async def check_all(accounts: list[Account]) -> list[Check]:
    return await asyncio.gather(*(check(account) for account in accounts))


async def check(account: Account) -> Check:
    """Ask the service what only its own kind can answer; opens nothing there."""
    try:
        async with provider_for(account) as provider:
            avatars = await provider.avatars()
            sessions = await provider.sessions()
    except ProviderError as error:
        return Check(is_fine=False, words=f"{error.detail} {_advice(error)}".strip())
    except Exception as error:  # an address that no client can make sense of, say
        logger.warning("Testing an account failed.", exc_info=error)
        return Check(is_fine=False, words="Its address cannot be used: correct it.")
    return Check(
        is_fine=True,
        words=f"Fine: {len(avatars)} avatars, {len(sessions)} sessions there now.",
    )


def _advice(error: ProviderError) -> str:
    match error:
        case Unreachable():
            return "Check that it is running and that the address is right."
        case NotAuthorised():
            return "Enter the key again, or look at the account's plan there."
        case Busy():
            return f"Test again in {error.retry_after_s:.0f} seconds."
        case BadReply() | Rejected():
            return "This does not look like the address of a HeyGen-compatible service."
        case _:
            return ""
