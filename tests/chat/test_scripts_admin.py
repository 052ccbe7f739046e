"""Presentations and exhibits in the admin."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chat.models import Script, ScriptRun, Segment
from personas.models import Exhibit
from tests.admin_forms import filled_in


@pytest.fixture
def admin(carol):
    client = Client()
    client.force_login(carol)
    return client


@pytest.fixture
def tour(anna):
    script = Script.objects.create(persona=anna, title="Tour")
    script.add_segments([Segment(text=text) for text in ("One.", "Two.")])
    return script


def test_segments_are_moved_by_their_numbers_and_new_ones_come_last(admin, tour):
    path = f"/admin/chat/script/{tour.pk}/change/"
    form = filled_in(admin.get(path))
    form |= {"segments-0-number": "5", "segments-2-text": "Three."}

    reply = admin.post(path, form)

    assert reply.status_code == 302
    rows = [(one.number, one.text) for one in tour.segments.all()]
    assert rows == [(1, "Two."), (2, "One."), (3, "Three.")]
    assert "Tour" in admin.get("/admin/chat/script/").content.decode()


def test_segments_show_only_what_their_persona_has(admin, tour, anna, alice):
    other = type(anna).objects.create(owner=alice, name="Rosa")
    for persona, title in ((anna, "Her map"), (other, "Other map")):
        Exhibit.objects.create(
            persona=persona,
            name="map",
            kind="link",
            title=title,
            address="https://e.com/",
        )
    theirs = Exhibit.objects.get(persona=other)

    path = f"/admin/chat/script/{tour.pk}/change/"
    form = filled_in(admin.get(path)) | {"segments-0-exhibit": str(theirs.pk)}
    reply = admin.post(path, form)

    assert "Select a valid choice" in reply.content.decode()


def test_a_picture_is_uploaded_and_seen(admin, anna):
    out = BytesIO()
    Image.new("RGB", (640, 320)).save(out, "PNG")
    form = {
        "persona": anna.pk,
        "name": "plan",
        "kind": "image",
        "title": "Plan",
        "alt": "A plan",
        "address": "",
        "upload": SimpleUploadedFile("plan.png", out.getvalue()),
    }

    reply = admin.post("/admin/personas/exhibit/add/", form)

    exhibit = Exhibit.objects.get()
    assert reply.status_code == 302
    page = admin.get(f"/admin/personas/exhibit/{exhibit.pk}/change/").content.decode()
    assert f'<img src="{exhibit.url}" alt="A plan" width="320" height="160">' in page
    assert "Plan" in admin.get("/admin/personas/exhibit/").content.decode()


def test_what_was_played_is_looked_at_and_not_changed(admin, tour):
    assert admin.get("/admin/chat/scriptrun/").status_code == 200
    assert admin.get("/admin/chat/scriptrun/add/").status_code == 403
    assert not ScriptRun.objects.exists()
