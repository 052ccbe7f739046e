"""What the worker does for personas: reads their documents, and has vectors made.

All of it comes after whatever else waits for the worker, such as sessions to be ended,
and in steps of some seconds, so that nothing else waits for long.
"""

from datetime import timedelta

from django.utils.timezone import now
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from personas.knowledge import filing, vectors
from personas.models import Document

_LAST = -10

#: So old, and not read yet: whoever was to read it has gone.
_FORGOTTEN_AFTER = timedelta(minutes=5)


@db_task(priority=_LAST)  # type: ignore[untyped-decorator]
def read_document(document_id: int) -> None:
    filing.read(document_id)
    make_vectors()


@db_task(priority=_LAST)  # type: ignore[untyped-decorator]
def make_vectors() -> None:
    """One batch, then the next in a task of its own."""
    if vectors.make_some():
        make_vectors()


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def tend_documents() -> None:
    """Take up again what a crash, or an embedding service that was away, left undone."""
    forgotten = Document.objects.unread().filter(
        created_at__lt=now() - _FORGOTTEN_AFTER
    )
    for document_id in forgotten.values_list("pk", flat=True):
        read_document(document_id)
    make_vectors()
