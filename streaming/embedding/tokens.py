"""How a visitor's page says who it is: by a signed number, without a cookie.

Browsers keep cookies from what is embedded, so the page carries the token itself, as
`Authorization: Visitor …` on calls and as a subprotocol of its websocket. Its characters
are those that both allow.
"""

import re

from django.core import signing

#: A page renews its token long before.
LASTS_S = 3600
_SHAPE = re.compile(r"^(\d{1,18})\.[0-9A-Za-z]{1,12}\.[0-9A-Za-z_-]{20,120}$")


def token_for(visitor_id: int, key: str) -> str:
    """A token that is good for this visitor while their key is still this one."""
    return _signer(key).sign(str(visitor_id))


def visitor_id_in(token: str) -> int | None:
    """Whom a token claims to be, which is to be checked; None when it is no token."""
    found = _SHAPE.match(token)
    return int(found[1]) if found else None


def is_good(token: str, key: str) -> bool:
    try:
        _signer(key).unsign(token, max_age=LASTS_S)
    except signing.BadSignature:
        return False
    return True


def _signer(key: str) -> signing.TimestampSigner:
    """One a key: changing the key makes every token worthless that came by the old one."""
    return signing.TimestampSigner(sep=".", salt=f"greenroom.visitor.{key}")
