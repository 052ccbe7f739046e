"""Importing and exporting on the pages: looked at first, then made, by nobody else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from frontend.gallery import importing
from personas import limits
from personas.cards.reading import Draft, read
from personas.models import CardUpload, Persona
from tests.personas.cards.made import as_file, card2, png_card


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


def sent(page: Client, *files: tuple[str, bytes]) -> str:
    """The page after files were sent to it."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return page.post("/import/", {"files": uploads}, follow=True).content.decode()


def all_uploads() -> list[str]:
    return [str(pk) for pk in CardUpload.objects.values_list("pk", flat=True)]


def test_files_are_looked_at_before_anything_is_made(page):
    text = sent(
        page, ("ada.png", png_card(card2())), ("shopping.json", b'["milk", "bread"]')
    )

    assert "Ada Quill" in text
    assert "Character card V2 · ada.png · by somebody" in text
    assert "Talk slowly." in text
    assert "data:image/webp;base64," in text
    assert "neither a character card nor a persona" in text
    assert not Persona.objects.exists()


def test_what_is_ticked_becomes_a_private_persona(page, alice):
    sent(
        page,
        ("a.json", as_file(card2(name="Ada"))),
        ("b.json", as_file(card2(name="Bo"))),
    )
    ada, _bo = all_uploads()

    answer = page.post("/import/confirm", {"upload": [ada]}, follow=True)

    [persona] = Persona.objects.all()
    assert (persona.name, persona.owner, persona.visibility) == (
        "Ada",
        alice,
        "private",
    )
    assert persona.versions.get().how == "imported"
    assert "Ada is here, as a private persona of yours." in answer.content.decode()
    assert all_uploads() == []


def test_several_are_told_of_together(page):
    sent(page, ("a.json", as_file(card2())), ("b.json", as_file(card2())))

    answer = page.post("/import/confirm", {"upload": all_uploads()}, follow=True)

    assert Persona.objects.count() == 2
    assert "2 personas imported." in answer.content.decode()


def test_no_file_is_read_while_others_wait_to_write(page, monkeypatch):
    blocks = []

    def seen(content: bytes) -> Draft:
        blocks.append(len(connection.savepoint_ids))
        return read(content)

    outside = len(connection.savepoint_ids)
    sent(page, ("a.json", as_file(card2())))
    monkeypatch.setattr(importing, "read", seen)

    page.post("/import/confirm", {"upload": all_uploads()})

    assert Persona.objects.count() == 1
    assert blocks == [outside]


def test_only_what_is_ticked_is_read_again(page, monkeypatch):
    sent(page, *((f"{name}.json", as_file(card2(name=name))) for name in "ABC"))
    names = []

    def seen(content: bytes) -> Draft:
        draft = read(content)
        names.append(draft.name)
        return draft

    monkeypatch.setattr(importing, "read", seen)

    page.post("/import/confirm", {"upload": all_uploads()[1:2]})

    assert names == ["B"]


def test_what_was_forgotten_meanwhile_is_not_made(page, alice, monkeypatch):
    sent(page, ("a.json", as_file(card2())))

    def forgotten(content: bytes) -> Draft:
        CardUpload.objects.filter(owner=alice).delete()
        return read(content)

    wanted = all_uploads()
    monkeypatch.setattr(importing, "read", forgotten)

    page.post("/import/confirm", {"upload": wanted})

    assert not Persona.objects.exists()


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 30, "\0", "-1", "¹"])
def test_a_made_up_number_of_a_file_chooses_none(page, number):
    sent(page, ("a.json", as_file(card2())))

    answer = page.post("/import/confirm", {"upload": [number]}, follow=True)

    assert "Nothing was imported" in answer.content.decode()


def test_nothing_ticked_makes_nothing_and_loses_nothing(page):
    sent(page, ("a.json", as_file(card2())))

    answer = page.post("/import/confirm", {"upload": ["x", "0"]}, follow=True)

    assert "Nothing was imported" in answer.content.decode()
    assert len(all_uploads()) == 1


def test_another_ones_upload_cannot_be_imported(page, bob):
    CardUpload.objects.put(bob, [("a.json", as_file(card2()))])

    page.post("/import/confirm", {"upload": all_uploads()})

    assert not Persona.objects.exists()
    assert "Ada" not in page.get("/import/").content.decode()


def test_what_was_looked_at_can_be_forgotten(page):
    sent(page, ("a.json", as_file(card2())))

    page.post("/import/forget")

    assert all_uploads() == []


def test_uploads_nobody_decides_about_go_after_a_day(page, bob):
    CardUpload.objects.put(bob, [("a.json", as_file(card2()))])
    CardUpload.objects.update(created_at=now() - timedelta(hours=25))

    sent(page, ("b.json", as_file(card2())))

    assert [one.file_name for one in CardUpload.objects.all()] == ["b.json"]


def test_no_file_and_too_many_are_said(page):
    assert b"Choose at least one file." in page.post("/import/", {}).content

    many = [(f"{n}.json", b"{}") for n in range(limits.CARD_FILES_MAX + 1)]
    assert "At most 10 files at once" in sent(page, *many)
    assert all_uploads() == []


def test_a_form_that_is_far_too_large_is_refused_by_its_length(page):
    answer = page.post(
        "/import/", b"", content_type="multipart/form-data", CONTENT_LENGTH=10**10
    )

    assert answer.status_code == 413
    assert b"may have at most 30 MB" in answer.content


def test_a_form_from_another_site_is_refused(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    file = SimpleUploadedFile("a.json", as_file(card2()))

    assert browser.post("/import/", {"files": [file]}).status_code == 403
    assert all_uploads() == []


def test_a_file_that_breaks_the_reading_is_said_to_and_can_be_forgotten(
    page, monkeypatch, caplog
):
    def broken(_content: bytes) -> None:
        raise ZeroDivisionError("secret words of the card")

    monkeypatch.setattr(importing, "read", broken)

    text = sent(page, ("ada.json", as_file(card2())))

    assert "It cannot be read." in text
    assert 'formaction="/import/forget"' in text
    assert [one.error for one in caplog.records] == ["ZeroDivisionError"]
    assert "secret words" not in caplog.text


def test_a_hostile_card_is_shown_as_text(page):
    text = sent(page, ("<b>.json", as_file(card2(name="<script>alert(1)</script>"))))

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_card_without_an_avatar_is_shown_with_its_own_picture(page, bob, client):
    sent(page, ("ada.png", png_card(card2())))
    page.post("/import/confirm", {"upload": all_uploads()})
    persona = Persona.objects.get()
    address = persona.card.picture_url

    assert address in page.get("/").content.decode()
    answer = page.get(address)
    assert answer["Content-Type"] == "image/webp"
    client.force_login(bob)
    assert client.get(address).status_code == 404


def test_the_export_page_names_what_stays_behind(page, alice):
    persona = Persona.objects.create(name="Ada", owner=alice)

    text = page.get(f"/personas/{persona.slug}/export/").content.decode()

    for name in ("json", "png", "card2", "card3"):
        assert f"/persona/export?format={name}&amp;persona=ada" in text
    assert "Documents, presentations and the pictures" in text
