"""Documents in the admin, as somebody who does not program uses them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from personas.knowledge import filing
from personas.knowledge.fulltext import search
from personas.models import Document
from tests.admin_forms import filled_in
from tests.personas.knowledge.made_pdf import pdf
from tests.personas.knowledge.shelves import add_and_read, read_here


@pytest.fixture
def office(client: Client, carol) -> Client:
    """Carol's browser."""
    client.force_login(carol)
    return client


def page_of(persona) -> str:
    return f"/admin/personas/persona/{persona.pk}/change/"


def form_of(office: Client, persona):
    return filled_in(office.get(page_of(persona)))


def test_a_file_is_uploaded_below_its_persona(office, iris, carol):
    form = form_of(office, iris)
    form["documents-0-file"] = SimpleUploadedFile("moss.md", b"Moss is green.")

    answer = office.post(page_of(iris), form)

    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.persona, document.file_name) == (iris, "moss.md")
    assert (document.state, document.added_by) == ("uploaded", carol)
    assert "waiting to be read" in office.get(page_of(iris)).content.decode()


def test_a_second_file_joins_the_first(office, iris):
    add_and_read(iris, "moss.md", b"Moss is green.")
    page = office.get(page_of(iris))
    form = filled_in(page)
    form["documents-1-file"] = SimpleUploadedFile("scan.pdf", pdf([[], []]))

    assert 'enctype="multipart/form-data"' in page.content.decode()

    office.post(page_of(iris), form)

    assert [d.file_name for d in Document.objects.all()] == ["moss.md", "scan.pdf"]


def test_a_form_left_open_does_not_undo_a_title_that_was_read_meanwhile(office, iris):
    document = filing.add(iris, filing.judge("moss.md", b"# Moss\n\nIt is green."))
    form = form_of(office, iris)
    filing.read(document.pk, read_here)

    office.post(page_of(iris), form)

    document.refresh_from_db()
    assert (document.title, document.state) == ("Moss", "ready")


def test_a_new_persona_can_have_documents_at_once(office):
    form = filled_in(office.get("/admin/personas/persona/add/")) | {"name": "Otto"}
    form["documents-0-file"] = SimpleUploadedFile("moss.md", b"Moss is green.")

    office.post("/admin/personas/persona/add/", form)

    assert Document.objects.get().persona.name == "Otto"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("moss.docx", b"x", "must be a .txt"),
        ("moss.pdf", b"x", "is no PDF"),
        ("again.md", b"Moss is green.", "there already"),
    ],
    ids=["kind", "no pdf", "twice"],
)
def test_a_wrong_file_is_explained_and_saves_nothing(
    office, iris, name, content, problem
):
    add_and_read(iris, "moss.md", b"Moss is green.")
    form = form_of(office, iris) | {"title": "changed"}
    form["documents-1-file"] = SimpleUploadedFile(name, content)

    answer = office.post(page_of(iris), form)

    assert answer.status_code == 200
    assert problem in answer.content.decode()
    iris.refresh_from_db()
    assert (iris.title, iris.documents.count()) == ("botanist", 1)


def test_what_came_of_it_is_shown_and_it_can_be_read_again(office, iris):
    add_and_read(iris, "moss.md", b"Moss is green.")
    add_and_read(iris, "empty.md", b" ")

    page = office.get(page_of(iris)).content.decode()
    assert "ready: 14 characters in 1 passage" in page
    assert "There is no text in it." in page

    office.post(page_of(iris), form_of(office, iris) | {"documents-1-read_again": "on"})
    assert [d.state for d in Document.objects.all()] == ["ready", "uploaded"]


def test_one_is_removed_or_renamed_without_touching_the_other(office, iris):
    add_and_read(iris, "moss.md", b"Moss is green.")
    add_and_read(iris, "fern.md", b"Ferns are old.")
    form = form_of(office, iris)
    form |= {"documents-0-DELETE": "on", "documents-1-title": "Bracken"}

    office.post(page_of(iris), form)

    (left,) = Document.objects.all()
    assert (left.file_name, left.title) == ("fern.md", "Bracken")
    filing.read(left.pk, read_here)  # by the worker, since titles are searched too
    assert len(search(iris, "bracken", 5)) == 1


def test_the_list_and_a_documents_own_page_say_what_was_read(office, iris):
    document = add_and_read(iris, "moss.md", b"## Colour\n\nMoss is <b>green</b>.")

    listed = office.get("/admin/personas/document/").content.decode()
    shown = office.get(f"/admin/personas/document/{document.pk}/change/")

    assert "ready: 14 characters" in listed
    assert "Moss is green." in shown.content.decode()
    office.post(
        "/admin/personas/document/",
        {"action": "read_again", "_selected_action": [document.pk]},
    )
    assert Document.objects.get().state == "uploaded"


def test_deleting_a_persona_names_its_documents_and_not_their_pieces(office, nora):
    add_and_read(nora, "moss.md", b"Moss is green.")

    page = office.get(f"/admin/personas/persona/{nora.pk}/delete/").content.decode()

    assert "moss" in page
    assert "passage 0 of" not in page
