"""From the service's refusals to our errors.

Codes and shapes: three error bodies coexist there, `{"code": int, "message"}`,
`{"error": {"code": str, "message"}}` and `{"detail"}`; the HTTP status of the 10xxx codes
is not certain, so the code in the body counts first.
"""

from collections.abc import Mapping
from typing import Any

from streaming.providers import base

_WRONG_STATE = 10005  # "session state wrong: <state>"
_BY_CODE: Mapping[int, tuple[type[base.ProviderError], str]] = {
    10004: (base.NoUpstreamSeat, "The avatar service has no free session."),
    _WRONG_STATE: (
        base.NotReady,
        "The avatar service is not so far yet in this session.",
    ),
    10003: (base.Rejected, "The avatar service no longer offers this avatar."),
    10013: (base.Rejected, "The avatar service does not know this avatar."),
    40001: (base.Rejected, "The avatar service misses something in the request."),
    40039: (base.Rejected, "The avatar service does not accept this text."),
    400105: (base.Rejected, "The avatar service does not say these words."),
    400175: (base.Rejected, "The avatar service does not accept a value."),
    400004: (base.Gone, "The avatar service does not have this session."),
    400112: (base.NotAuthorised, "The avatar service refuses the account's key."),
    400562: (base.NotAuthorised, "The avatar service forbids this to the account."),
    400599: (base.NotAuthorised, "The account's plan does not allow this."),
}
_BY_STATUS: Mapping[int, tuple[type[base.ProviderError], str]] = {
    401: (base.NotAuthorised, "The avatar service refuses the account's key."),
    402: (base.NotAuthorised, "The account has no credit left."),
    403: (base.NotAuthorised, "The avatar service forbids this to the account."),
    404: (base.WrongAddress, "The avatar service does not know this address."),
    405: (base.WrongAddress, "The avatar service does not know this address."),
    408: (base.TimedOut, "The avatar service took too long."),
    504: (base.TimedOut, "The avatar service took too long."),
}
_LONGEST_QUOTE = 300


def refusal(status: int, body: Any, *, retry_after_s: float) -> base.ProviderError:
    """The error for an HTTP `status` that is not a success, with the body's own words."""
    code, words = _said(body)
    if status == 429:
        return base.Busy(
            "The avatar service asks to slow down.",
            retry_after_s=retry_after_s,
            upstream_code=code,
            upstream_message=words,
        )
    known = _BY_CODE.get(code) if isinstance(code, int) else None
    if code == _WRONG_STATE and "closed" in words:
        known = (base.Gone, "The avatar service has closed this session.")
    error, message = known or _BY_STATUS.get(status) or _by_class(status)
    return error(message, upstream_code=code or status, upstream_message=words)


def _by_class(status: int) -> tuple[type[base.ProviderError], str]:
    if status >= 500:
        return base.Unreachable, "The avatar service failed."
    if status < 400:
        return base.WrongAddress, "The avatar service is not at this address."
    return base.Rejected, "The avatar service refuses the request."


def _said(body: Any) -> tuple[Any, str]:
    """The code and the words of an error body in any of its shapes."""
    if not isinstance(body, dict):
        return None, str(body or "")[:_LONGEST_QUOTE]
    inner = body.get("error")
    source = inner if isinstance(inner, dict) else body
    words = source.get("message") or source.get("detail") or source.get("error") or ""
    return source.get("code"), str(words)[:_LONGEST_QUOTE]
