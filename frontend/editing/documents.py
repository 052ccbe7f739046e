"""A persona's documents on the editor's page; they count at once, without publishing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from frontend.editing.views import editable
from frontend.views import PageRequest
from personas import limits
from personas.knowledge import filing
from personas.knowledge.errors import DocumentRefused
from personas.models import Document, Persona


@require_POST
@login_required
def add(request: PageRequest, slug: str) -> HttpResponse:
    """Take files in; they are read soon after."""
    persona = editable(request, slug)
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, gettext("Choose a file first."))
    for file in files[: limits.DOCUMENTS_MAX]:
        name = file.name or ""
        try:
            if (file.size or 0) > limits.DOCUMENT_MAX_BYTES:
                raise filing.too_large(file.size or 0)
            upload = filing.judge(name, file.read())
            with transaction.atomic():
                filing.add(persona, upload, added_by=request.user)
        except DocumentRefused as exc:
            told = {"file": name[:80], "problem": exc.problem}
            messages.error(request, gettext("“%(file)s” %(problem)s") % told)
        else:
            told = {"file": name[:80]}
            messages.success(request, gettext("“%(file)s” is being read.") % told)
    return _back(persona)


@require_POST
@login_required
def remove(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """Removing one twice is no error worth a page."""
    persona = editable(request, slug)
    found = Document.objects.filter(persona=persona, pk=pk).first()
    if found is not None:
        found.delete()
        messages.success(request, gettext("“%(file)s” is removed.") % {"file": found})
    return _back(persona)


@require_POST
@login_required
def read_again(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    persona = editable(request, slug)
    found = get_object_or_404(Document, persona=persona, pk=pk)
    filing.read_again(found)
    messages.success(request, gettext("“%(file)s” is read again.") % {"file": found})
    return _back(persona)


def _back(persona: Persona) -> HttpResponse:
    return redirect(reverse("persona_edit", args=[persona.slug]) + "#documents")
