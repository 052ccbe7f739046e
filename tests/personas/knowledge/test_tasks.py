"""The worker reads what was uploaded, and takes up again what was left undone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import now
from huey.contrib.djhuey import HUEY

from personas import tasks
from personas.knowledge import filing
from personas.models import Document, Persona
from tests.personas.conftest import api_of


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker that does at once what it is given, in this process."""
    HUEY.immediate = True
    yield
    HUEY.immediate = False


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_once_it_is_committed(worker, alice, nora):
    file = SimpleUploadedFile("mill.md", b"# The mill\n\nIt turns.")

    answer = api_of(alice).post("/persona/documents", {"file": file})

    assert answer.status_code == 202
    document = Document.objects.get()
    assert (document.state, document.title, document.chars) == ("ready", "The mill", 9)


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_rolled_back_is_read_by_nobody(worker, iris: Persona):
    with transaction.atomic():
        filing.add(iris, filing.judge("mill.md", b"It turns."))
        transaction.set_rollback(True)

    assert not Document.objects.exists()


@pytest.mark.django_db
def test_a_document_that_was_forgotten_is_read_later(worker, iris: Persona):
    for name in ("old.md", "new.md"):
        filing.add(iris, filing.judge(name, name.encode()))
    Document.objects.filter(file_name="old.md").update(
        created_at=now() - timedelta(minutes=6)
    )

    tasks.tend_documents()

    states = dict(Document.objects.values_list("file_name", "state"))
    assert states == {"old.md": "ready", "new.md": "uploaded"}


def test_documents_wait_for_everything_else_that_the_worker_does():
    assert tasks.read_document.s(1).priority < 0
    assert tasks.make_vectors.s().priority < 0
