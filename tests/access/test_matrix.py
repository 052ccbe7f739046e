"""Every address of the site and every websocket, for six kinds of people.

The addresses come from the URL configuration: one without a rule fails here, so that nobody
adds a page and forgets to say who may see it.
"""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.http import HttpResponseBase
from django.test import Client

from config.asgi import application
from config.asgi import sockets as socket_router
from tests.access.routes import address, admin_routes, filled, routes
from tests.access.rules import RULES, SOCKETS, Rule
from tests.access.world import PEOPLE, World, build_world, nothing_stays

SIGN_IN = ("/accounts/login/", "/admin/login/", "/accounts/reauthenticate/")


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert {rule.route for rule in RULES} == set(routes())


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_everybody_fares_as_the_rule_says(world: World, rule: Rule) -> None:
    fares = {}
    for who in PEOPLE:
        with nothing_stays():
            fares[who] = _fare(_ask(world.browser_of(who), rule, world))

    assert fares == dict(zip(PEOPLE, rule.as_, strict=True))


def _ask(browser: Client, rule: Rule, world: World) -> HttpResponseBase:
    browser.raise_request_exception = False
    path = (
        f"{address(rule.route, world, rule.where)}?{rule.query.format_map(world.names)}"
    )
    data = filled(rule.data, world)
    match rule.method:
        case "GET":
            answer: Any = browser.get(path)
        case "JSON":
            answer = browser.post(path, json.dumps(data), "application/json")
        case _:
            answer = browser.post(path, data)
    assert answer.status_code != 405, f"{rule} is no method of this address"
    assert answer.status_code != 500, f"{rule} fails"
    return answer  # type: ignore[no-any-return]


def _fare(answer: HttpResponseBase) -> str:
    """The letter for an answer; see `tests.access.rules`."""
    if answer.status_code == 302 and answer["Location"].startswith(SIGN_IN):
        return "L"
    return {401: "4", 403: "x", 404: "."}.get(answer.status_code, "+")


@pytest.mark.parametrize("route", admin_routes())
def test_the_admin_lets_in_staff_alone(world: World, route: str) -> None:
    path = address(route, world, {"object_id": 1, "content_type_id": 1, "url": "x"})
    public = ("admin/login/", "admin/jsi18n/", "admin/logout/")

    for who in PEOPLE[:-1]:
        fare = _fare(world.browser_of(who).get(path))
        assert fare in "Lx." or route in public, f"{who} at {path}"


# Websockets -----------------------------------------------------------------------------


def test_every_websocket_has_a_rule() -> None:
    routes: Any = socket_router.routes
    assert {str(one.pattern) for one in routes} == set(SOCKETS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", SOCKETS)
def test_everybody_fares_at_a_websocket_as_the_rule_says(route: str) -> None:
    world = build_world()

    path = address(route, world, {})
    fares = [async_to_sync(_knock)(path, world.browser_of(who)) for who in PEOPLE]

    assert fares == list(SOCKETS[route])


async def _knock(path: str, browser: Client) -> Any:
    """`+` for a first frame, or the code with which the socket is closed."""
    cookies = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    headers = [(b"cookie", cookies.encode())] if cookies else []
    headers += [(b"origin", b"http://testserver"), (b"host", b"testserver")]
    socket = WebsocketCommunicator(application, path, headers)
    accepted, _ = await socket.connect(timeout=5)
    assert accepted
    said = await socket.receive_output(timeout=5)
    if said["type"] == "websocket.close":
        return said["code"]
    await socket.disconnect()
    return "+"
