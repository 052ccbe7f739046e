"""A visitor's token on calls and on websockets: the only two places that read it."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from config.errors import DomainError
from streaming.embedding.errors import VisitOver
from streaming.embedding.visits import visitor_of
from streaming.models import Visitor

SCHEME = "Visitor"
#: What a visitor's websocket asks for first; the token comes second.
SUBPROTOCOL = "greenroom.visitor"


class VisitorCaller(BaseAuthentication):
    """Whoever brings a visitor's token: the visitor's user, and the `Visitor` as `auth`.

    A cookie counts for nothing here, so there is nothing that a foreign page could ride on.
    """

    def authenticate(self, request: Request) -> tuple[User, Visitor] | None:
        scheme, _, token = (
            get_authorization_header(request).decode("latin1").partition(" ")
        )
        if scheme != SCHEME:
            return None
        visitor = visitor_of(token)
        return visitor.user, visitor

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class VisitorSockets:
    """Lets a websocket act as the visitor whose token is among its subprotocols.

    As nobody, where there is none that is good; never as whom a cookie names.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        asked, *given = scope.get("subprotocols") or [""]
        user: User | AnonymousUser = AnonymousUser()
        if asked == SUBPROTOCOL and given:
            user = await sync_to_async(_user_of)(given[0])

        async def answer(message: dict[str, Any]) -> None:
            # A browser that asks for a protocol leaves when it is not given one.
            if message["type"] == "websocket.accept" and asked == SUBPROTOCOL:
                message = message | {"subprotocol": SUBPROTOCOL}
            await send(message)

        return await self.application(scope | {"user": user}, receive, answer)


def _user_of(token: str) -> User | AnonymousUser:
    try:
        return visitor_of(token).user
    except DomainError:
        return AnonymousUser()


def visitor_in(request: Request) -> Visitor:
    """Who calls, in a view that `VisitorCaller` alone opens."""
    if not isinstance(request.auth, Visitor):
        raise VisitOver("This visit is over. Begin again.")
    return request.auth
