"""What is shown beside the stage, and what there is to show and to present."""

import pytest
from asgiref.sync import async_to_sync

from chat import showing
from chat.models import Script, Segment
from personas.models import Exhibit, Persona
from personas.pictures import Picture
from streaming.models import SessionEvent
from tests.conftest import client_of


def link(persona, name="map", **options):
    values = {"title": "Map", "address": "https://example.com/"} | options
    return Exhibit.objects.create(persona=persona, name=name, kind="link", **values)


def told(session):
    events = SessionEvent.objects.filter(session=session, type__startswith="chat.")
    return [(event.type, event.data) for event in events.order_by("seq")]


SHOWN = {
    "name": "map",
    "kind": "link",
    "title": "Map",
    "alt": "",
    "url": "https://example.com/",
}


def test_what_is_shown_is_told_once_and_hidden_once(session, anna, api):
    link(anna)
    body = {"session_id": str(session.pk), "exhibit": "map"}

    for _ in range(2):
        reply = api.post("/persona/heygen/show", body, format="json")
        assert reply.json()["data"] == {"exhibit": SHOWN}
    for _ in range(2):
        assert api.post("/persona/heygen/hide", body, format="json").status_code == 200

    assert told(session) == [("chat.show", {"exhibit": SHOWN}), ("chat.hide", {})]
    assert showing.shown_in(session) is None


def test_a_model_shows_on_behalf_of_its_turn(session, anna):
    link(anna)

    async_to_sync(showing.show_exhibit)(session, "map", turn=3)

    assert told(session) == [("chat.show", {"turn": 3, "exhibit": SHOWN})]
    assert showing.shown_in(session) == SHOWN


@pytest.mark.parametrize("name", ["plan", "https://evil.example/", "unfinished"])
def test_only_what_the_sessions_persona_has_is_shown(session, anna, alice, name):
    other = Persona.objects.create(owner=alice, name="Rosa")
    link(other, "plan")
    Exhibit.objects.create(
        persona=anna, name="unfinished", kind="image", title="No file"
    )

    with pytest.raises(showing.NoSuchExhibit):
        async_to_sync(showing.show_exhibit)(session, name)

    assert told(session) == []


def test_only_the_viewer_shows_something(session, anna, bob, carol):
    link(anna)
    body = {"session_id": str(session.pk), "exhibit": "map"}

    codes = [
        client_of(user).post("/persona/heygen/show", body, format="json").status_code
        for user in (bob, carol, None)
    ]

    assert codes == [404, 403, 401]


def test_a_copy_of_a_persona_shows_and_presents_the_same(anna, alice):
    exhibit = Exhibit(
        persona=anna, name="plan", kind="image", title="Plan", alt="A plan"
    )
    exhibit.keep(Picture(b"webp", 4, 3))
    tour = Script.objects.create(persona=anna, title="Tour")
    tour.add_segments([Segment(text="Look.", exhibit=exhibit), Segment(text="Bye.")])

    copy = anna.copy_for(alice)

    [twin] = Exhibit.objects.filter(persona=copy)
    assert (twin.name, twin.picture.content) == ("plan", b"webp")
    assert twin.url == f"/personas/{copy.slug}/exhibits/plan/{exhibit.digest}.webp"
    [copied] = Script.objects.filter(persona=copy)
    assert copied.plan() == tour.plan()
    assert copied.segments.get(number=1).exhibit == twin
    assert Exhibit.objects.get(persona=anna).picture.content == b"webp"


def test_what_a_persona_can_show_and_present_is_listed(anna, api, bob):
    link(anna)
    Script.objects.create(persona=anna, title="Empty")
    tour = Script.objects.create(persona=anna, title="Tour")
    tour.add_segments([Segment(text="x" * 28, pause_after_s=3.0)])

    exhibits = api.get("/persona/exhibits").json()["data"]["exhibits"]
    scripts = api.get("/persona/scripts?persona=anna").json()["data"]["scripts"]

    assert exhibits == [SHOWN]
    assert scripts == [
        {
            "script": "tour",
            "title": "Tour",
            "segments": 1,
            "estimated_s": 5,
            "resumes_by_itself": True,
        }
    ]
    anna.change(is_default=False, visibility="private")
    assert client_of(bob).get("/persona/scripts?persona=anna").status_code == 404
