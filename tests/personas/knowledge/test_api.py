"""Documents by REST: for those who may edit the persona, and for nobody else."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from personas.knowledge import filing
from personas.models import Document, Persona
from tests.personas.conftest import api_of
from tests.personas.knowledge.shelves import add_and_read, read_here

DOCUMENTS = "/persona/documents"


def upload(user, name="mill.md", content=b"# Mill\n\nIt turns.", **fields):
    form = fields | {"file": SimpleUploadedFile(name, content)}
    return api_of(user).post(DOCUMENTS, form, format="multipart")


def test_an_upload_is_taken_in_and_read_by_the_worker(alice, nora):
    answer = upload(alice, title="The mill")

    assert answer.status_code == 202
    shown = answer.json()["data"]
    assert shown | {"document_id": 0, "created_at": ""} == {
        "document_id": 0,
        "persona": "nora",
        "title": "The mill",
        "kind": "md",
        "file_name": "mill.md",
        "size_bytes": 17,
        "sha256": hashlib.sha256(b"# Mill\n\nIt turns.").hexdigest(),
        "state": "uploaded",
        "problem": "",
        "chars": 0,
        "added_by": "alice",
        "created_at": "",
        "read_at": None,
    }

    filing.read(shown["document_id"])  # in a process of its own, as the worker does

    (listed,) = api_of(alice).get(DOCUMENTS).json()["data"]["documents"]
    assert (listed["state"], listed["title"], listed["chars"]) == (
        "ready",
        "The mill",
        9,
    )


def test_a_file_that_cannot_be_read_says_why_and_can_be_read_again(alice, nora):
    document = add_and_read(nora, "empty.txt", b"   ")

    (listed,) = api_of(alice).get(DOCUMENTS).json()["data"]["documents"]
    assert (listed["state"], listed["problem"]) == ("failed", "There is no text in it.")
    again = {"document_id": document.pk}
    answer = api_of(alice).post(f"{DOCUMENTS}/read", again, format="json")
    assert answer.status_code == 202
    assert answer.json()["data"]["state"] == "uploaded"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("mill.docx", b"x", "file: must be a .txt, .md, .html or .pdf file"),
        ("mill", b"x", "file: must be a"),
        ("mill.txt", b"%PDF-1.7 x", "file: is a PDF, whatever its name says"),
        ("mill.pdf", b"x", "file: is no PDF"),
        ("mill.txt", b"", "file: The submitted file is empty"),
        ("mill.txt", b"x" * 10_000_001, "file: has 10.0 MB; at most 10 MB"),
    ],
    ids=["word", "no ending", "hidden pdf", "no pdf", "empty", "large"],
)
def test_a_file_that_is_refused_says_which_field_and_what_to_do(
    alice, nora, name, content, problem
):
    answer = upload(alice, name, content)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(problem)
    assert not Document.objects.exists()


def test_a_form_that_is_far_too_large_is_refused_before_it_is_read(alice, nora):
    answer = upload(alice, "mill.txt", b"x" * 10_200_000)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "two\nlines"}, "title: must not contain line breaks"),
        ({"title": "x" * 201}, "title: "),
    ],
    ids=["lines", "long"],
)
def test_a_title_is_one_line(alice, nora, fields, problem):
    assert upload(alice, **fields).json()["message"].startswith(problem)


def test_a_form_without_a_file_says_so(alice, nora):
    answer = api_of(alice).post(DOCUMENTS, {}, format="multipart")

    assert answer.json()["message"] == "file: is required."


def test_the_same_file_is_taken_once(alice, nora):
    upload(alice)

    answer = upload(alice, "other.md")

    assert answer.status_code == 400
    assert "is there already, as “mill.md”" in answer.json()["message"]


def test_a_persona_has_so_many_documents_and_no_more(alice, nora, monkeypatch):
    monkeypatch.setattr("personas.limits.DOCUMENTS_MAX", 1)
    upload(alice)

    answer = upload(alice, "other.txt", b"other")

    assert "at most 1 documents" in answer.json()["message"]


def test_a_document_that_makes_it_too_much_is_not_searched(nora, monkeypatch):
    monkeypatch.setattr("personas.limits.DOCUMENTS_MAX_CHARS", 20)
    add_and_read(nora, "one.txt", b"fifteen letters")

    second = add_and_read(nora, "two.txt", b"fifteen letter2")

    assert second.state == "failed"
    assert "30 characters in 2 passages" in second.problem


def test_deleting_one_removes_all_of_it(alice, nora):
    document = add_and_read(nora, "mill.md", b"It turns.")

    answer = api_of(alice).post(
        f"{DOCUMENTS}/delete", {"document_id": document.pk}, format="json"
    )

    assert answer.json()["success"] is True
    assert api_of(alice).get(DOCUMENTS).json()["data"]["documents"] == []


def test_a_question_can_be_tried(alice, nora):
    add_and_read(nora, "mill.md", b"# The mill\n\n## Age\n\nIt was built in 1782.")

    answer = api_of(alice).post(
        f"{DOCUMENTS}/search", {"question": "When was it built?"}, format="json"
    )

    (source,) = answer.json()["data"]["sources"]
    assert source | {"document_id": 0} == {
        "document_id": 0,
        "title": "The mill",
        "heading": "Age",
        "page": None,
        "excerpt": "It was built in 1782.",
        "text": "It was built in 1782.",
    }


# Whose they are ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/delete", "/read", "/search"])
def test_a_stranger_finds_nothing_there(bob, nora, path):
    document = add_and_read(nora, "mill.md", b"It turns.")
    body = {"document_id": document.pk, "persona": "nora", "question": "turns"}
    api = api_of(bob)

    answer = (
        api.post(f"{DOCUMENTS}{path}", body, format="json")
        if path
        else api.get(f"{DOCUMENTS}?persona=nora")
    )

    assert answer.status_code == 404
    assert Document.objects.filter(state="ready").count() == 1


def test_a_stranger_can_add_nothing_to_a_public_persona(bob, nora):
    nora.change(visibility=Persona.Visibility.PUBLIC)

    assert upload(bob, persona="nora").status_code == 404


def test_staff_may_do_it_for_everybody(carol, nora):
    assert upload(carol, persona="nora").status_code == 202
    listed = api_of(carol).get(f"{DOCUMENTS}?persona=nora").json()
    assert len(listed["data"]["documents"]) == 1


def test_nobody_anonymous_may(nora):
    assert upload(None, persona="nora").status_code == 401


def test_a_first_document_copies_the_sites_persona_with_all_that_it_knows(bob, iris):
    add_and_read(iris, "moss.txt", b"Moss is green.")

    answer = upload(bob)

    copy = Persona.objects.get(owner=bob)
    assert answer.json()["data"]["persona"] == copy.slug
    assert {d.file_name for d in copy.documents.all()} == {"moss.txt", "mill.md"}
    assert iris.documents.count() == 1
    found = api_of(bob).post(f"{DOCUMENTS}/search", {"question": "moss"}, format="json")
    assert len(found.json()["data"]["sources"]) == 1


def test_somebody_else_does_not_inherit_documents(bob, iris):
    moss = add_and_read(iris, "moss.txt", b"Moss is green.")
    upload(bob)

    api_of(bob).post("/persona/update", {"name": "Otto"}, format="json")

    otto = Persona.objects.get(owner=bob)
    assert [d.file_name for d in otto.documents.all()] == ["mill.md"]
    assert Document.objects.filter(pk=moss.pk).exists()


def test_a_document_that_is_deleted_while_it_is_read_stays_deleted(nora):
    document = filing.add(nora, filing.judge("mill.md", b"It turns."))

    def reader(kind: str, data: bytes):
        Document.objects.all().delete()
        return read_here(kind, data)

    filing.read(document.pk, reader)

    assert not Document.objects.exists()
