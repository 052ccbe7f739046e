"""Who may call: the account's key, and tokens that stand for one session each."""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from streaming.engine.clock import Clock
from streaming.engine.errors import Unauthorized

TOKEN_LIFE_S = 3600.0
_KIND = "sa_from_regular"


@dataclass(slots=True)
class Token:
    """Opens one session, and afterwards speaks for that session alone."""

    expires_at: float
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose credentials are good: with a token, or with the key itself."""

    token: Token | None = field(default=None, repr=False)

    @property
    def has_key(self) -> bool:
        return self.token is None


class Doorkeeper:
    """Checks credentials and hands out tokens.

    Without a key of its own it takes any: that is for an engine that only its own
    machine can reach.
    """

    def __init__(self, api_key: str, clock: Clock) -> None:
        self._key = api_key.encode()
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def admit(self, headers: Mapping[str, str]) -> Caller:
        """Who is calling. Raises `Unauthorized`."""
        if key := headers.get("X-Api-Key", "").strip():
            return self._with_key(key)
        scheme, _, credential = headers.get("Authorization", "").partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential:
            raise Unauthorized
        if not _looks_like_token(credential):
            return self._with_key(credential)
        token = self._tokens.get(credential)
        if token is None or token.expires_at <= self._clock.monotonic():
            raise Unauthorized
        return Caller(token)

    def issue_token(self) -> str:
        """A new token, good for an hour and for one session."""
        self._forget_expired()
        claims = {
            "token": secrets.token_hex(16),
            "token_type": _KIND,
            "created_at": int(self._clock.unix()),
        }
        text = base64.b64encode(json.dumps(claims).encode()).decode()
        self._tokens[text] = Token(self._clock.monotonic() + TOKEN_LIFE_S)
        return text

    def _with_key(self, key: str) -> Caller:
        # Compared in constant time, so that answers do not spell out the key.
        if self._key and not hmac.compare_digest(self._key, key.encode()):
            raise Unauthorized
        return Caller()

    def _forget_expired(self) -> None:
        now = self._clock.monotonic()
        self._tokens = {
            text: token
            for text, token in self._tokens.items()
            if token.expires_at > now
        }


def _looks_like_token(credential: str) -> bool:
    """Whether this was once a token of ours, however long ago it expired."""
    try:
        claims = json.loads(base64.b64decode(credential, validate=True))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and "token_type" in claims
