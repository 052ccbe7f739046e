"""Making presentations and exhibits in the portal, without any script in the browser."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chat.models import Script, Segment
from personas.models import Exhibit, Persona
from tests.conftest import client_of


@pytest.fixture
def rosa(alice):
    """Alice's own persona."""
    return Persona.objects.create(owner=alice, name="Rosa", slug="rosa")


@pytest.fixture
def page(alice):
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def tour(rosa):
    script = Script.objects.create(persona=rosa, title="Tour")
    script.add_segments([Segment(text=text) for text in ("One.", "Two.", "Three.")])
    return script


TOUR = "/personas/rosa/presentations/tour/"


def sent(script, rows, **more):
    """The form as a browser without script sends it."""
    fields = {
        "title": script.title,
        "resumes_by_itself": "on",
        "seen": script.updated_at.isoformat(),
        "segments-TOTAL_FORMS": len(rows),
        "segments-INITIAL_FORMS": script.segments.count(),
    }
    for nth, row in enumerate(rows):
        filled = {"pause_after_s": "1", "waits_for": "end", "ORDER": nth + 1} | row
        fields |= {f"segments-{nth}-{name}": value for name, value in filled.items()}
    return fields | more


def texts(script):
    return [segment.text for segment in script.segments.all()]


def rows_of(*written):
    return [{"text": text} for text in written]


def test_a_pasted_text_becomes_a_presentation(page, rosa):
    body = {"title": "My tour", "text": "Welcome.\n---\n\nThe door.\n\nGoodbye."}

    reply = page.post("/personas/rosa/presentations/", body)

    script = Script.objects.get()
    assert reply.url == "/personas/rosa/presentations/my-tour/"
    assert texts(script) == ["Welcome.", "The door.", "Goodbye."]
    assert b"My tour" in page.get("/personas/rosa/presentations/").content


def test_saving_changes_adds_and_removes_parts(page, tour):
    rows = rows_of("One, changed.", "Two.", "Three.", "Four.", "")
    rows[1]["DELETE"] = "on"
    rows[3] |= {"pause_after_s": "2.5", "waits_for": "question"}

    reply = page.post(TOUR, sent(tour, rows, title="Grand tour"))

    assert reply.url == TOUR
    tour.refresh_from_db()
    assert (tour.title, tour.slug) == ("Grand tour", "tour")
    assert texts(tour) == ["One, changed.", "Three.", "Four."]
    last = tour.segments.last()
    assert (last.number, last.pause_after_s, last.waits_for) == (3, 2.5, "question")


@pytest.mark.parametrize(
    ("button", "order", "place"),
    [
        ("up-segments-2", ["One.", "Three.", "Two."], 2),
        ("down-segments-0", ["Two.", "One.", "Three."], 2),
        ("up-segments-0", ["One.", "Two.", "Three."], 1),
        ("down-segments-2", ["One.", "Two.", "Three."], 3),
    ],
)
def test_buttons_move_a_part(page, tour, button, order, place):
    rows = rows_of("One.", "Two.", "Three.")

    reply = page.post(TOUR, sent(tour, rows, do=button))

    assert texts(tour) == order
    assert reply.url == f"{TOUR}#part-{place}"


def test_the_order_is_that_of_the_page(page, tour):
    rows = rows_of("One.", "Two.", "Three.")
    rows[0]["ORDER"] = 9

    page.post(TOUR, sent(tour, rows))

    assert texts(tour) == ["Two.", "Three.", "One."]


def test_adding_a_part_keeps_what_was_written_and_offers_an_empty_one(page, tour):
    reply = page.post(TOUR, sent(tour, rows_of("One!", "Two.", "Three."), do="add"))

    assert texts(tour)[0] == "One!"
    assert reply.url == f"{TOUR}?more=1#part-4"
    assert b'name="segments-3-text"' in page.get(reply.url).content


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"text": ""}, "text", "This field is required."),
        ({"text": "…"}, "text", "must have something to say."),
        ({"text": "x" * 4001}, "text", "at most 4000 characters"),
        ({"text": "Hi.", "pause_after_s": "61"}, "pause_after_s", "less than or equal"),
        ({"text": "Hi.", "pause_after_s": "soon"}, "pause_after_s", "Enter a number."),
        ({"text": "Hi.", "exhibit": "999"}, "exhibit", "Select a valid choice."),
    ],
    ids=[
        "empty",
        "nothing to say",
        "too long",
        "pause",
        "no number",
        "unknown exhibit",
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    page, tour, row, field, words
):
    reply = page.post(TOUR, sent(tour, [{"text": "Changed."}, row, {"text": "Three."}]))

    text = reply.content.decode()
    assert words in text
    error = f'id="id_segments-1-{field}_error"'
    assert error in text
    assert "Changed." in text, "what was written is not lost"
    assert texts(tour) == ["One.", "Two.", "Three."]


def test_who_saves_an_old_page_undoes_nobodys_work(page, tour):
    old = sent(tour, rows_of("Old."))
    tour.replace_segments([Segment(text="Newer.")])

    reply = page.post(TOUR, old)

    assert b"Somebody has changed this presentation" in reply.content
    assert texts(tour) == ["Newer."]


def test_another_personas_exhibit_cannot_be_shown(page, tour, anna):
    theirs = Exhibit.objects.create(
        persona=anna,
        name="map",
        kind="link",
        title="Map",
        address="https://example.com/",
    )

    reply = page.post(TOUR, sent(tour, [{"text": "Hi.", "exhibit": theirs.pk}]))

    assert b"Select a valid choice" in reply.content


def test_presentations_and_exhibits_are_removed(page, tour, rosa):
    link = Exhibit.objects.create(
        persona=rosa,
        name="map",
        kind="link",
        title="Map",
        address="https://example.com/",
    )
    tour.segments.update(exhibit=link)

    page.post("/personas/rosa/exhibits/map/remove")
    assert tour.segments.first().exhibit is None
    page.post(f"{TOUR}remove")
    assert not Script.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/personas/rosa/presentations/",
        TOUR,
        f"{TOUR}remove",
        "/personas/rosa/new-exhibit/",
        "/personas/rosa/exhibits/map/",
        "/personas/rosa/exhibits/map/remove",
    ],
)
def test_only_who_may_edit_the_persona_finds_these_pages(tour, bob, rosa, path):
    rosa.change(visibility="public")
    client = Client()
    assert client.post(path).status_code == 302
    client.force_login(bob)
    assert client.post(path).status_code == 404


# Exhibits -------------------------------------------------------------------------------


def picture(kind="PNG", size=(40, 20), **options):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return SimpleUploadedFile("picture", out.getvalue())


def add(page, **fields):
    body = {"name": "plan", "kind": "image", "title": "Plan", "alt": "A plan"} | fields
    return page.post("/personas/rosa/new-exhibit/", body)


def test_a_picture_is_made_anew_and_served_as_webp(page, rosa):
    where = Image.Exif()
    where[0x010E] = "taken at home"
    add(page, upload=picture("JPEG", (4000, 1000), exif=where))

    exhibit = Exhibit.objects.get()
    reply = page.get(exhibit.url)

    assert reply.status_code == 200
    assert reply["Content-Type"] == "image/webp"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply["Content-Security-Policy"]
    assert b"taken at home" not in reply.content
    with Image.open(BytesIO(reply.content)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (1600, 400))
        assert not shown.getexif()
    assert (exhibit.width_px, exhibit.height_px) == (1600, 400)


def test_another_picture_has_another_address(page, rosa):
    add(page, upload=picture())
    before = Exhibit.objects.get().url

    body = {
        "kind": "image",
        "title": "Plan",
        "alt": "New",
        "upload": picture(size=(9, 9)),
    }
    page.post("/personas/rosa/exhibits/plan/", body)

    exhibit = Exhibit.objects.get()
    assert (exhibit.name, exhibit.alt) == ("plan", "New")
    assert exhibit.url != before
    assert page.get(before).status_code == 404


def test_a_picture_is_for_who_may_open_its_persona(page, rosa, bob, carol):
    add(page, upload=picture())
    url = Exhibit.objects.get().url

    assert client_of(bob).get(url).status_code == 404
    assert Client().get(url).status_code == 404
    rosa.change(visibility="unlisted")
    assert client_of(bob).get(url).status_code == 200
    assert Client().get(url).status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a picture."),
        (
            {"upload": SimpleUploadedFile("x.png", b"<svg onload='alert(1)'/>")},
            "not a picture that can be read",
        ),
        (
            {"upload": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n")},
            "not a picture",
        ),
        ({"alt": ""}, "A picture needs a description."),
        ({"name": "no name"}, "Enter a valid “slug”"),
        ({"kind": "link"}, "A link needs an address."),
        ({"kind": "link", "address": "javascript:alert(1)"}, "begins with https://"),
        ({"kind": "link", "address": "ftp://example.com/"}, "begins with https://"),
        ({"kind": "link", "address": "https://bank.com@evil.com/"}, "user name"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(page, rosa, fields, words):
    reply = add(page, **fields)

    assert words in reply.content.decode()
    assert not Exhibit.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(page, rosa):
    reply = add(page, upload=picture(size=(10_000, 5_000)))

    assert "at most 40 million" in reply.content.decode()


def test_a_name_is_given_once(page, rosa):
    add(page, kind="link", address="https://example.com/")

    reply = add(page, kind="link", address="https://example.com/other")

    assert "Another exhibit has this name." in reply.content.decode()
