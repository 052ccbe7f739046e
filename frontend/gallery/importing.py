"""Personas from files: looked at first, then made; and files from personas."""

import base64
import logging
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from frontend.gallery.views import to_gallery
from frontend.views import PageRequest
from personas import limits
from personas.cards.database import make_persona
from personas.cards.errors import CardRefused
from personas.cards.reading import Draft, read
from personas.models import CardUpload, Persona

logger = logging.getLogger(__name__)

_FORM_MAX_BYTES = 200_000
#: Of all files together, so that one form costs no more than a few large ones.
FILES_MAX_BYTES = 3 * limits.CARD_FILE_MAX_BYTES


@dataclass(frozen=True, slots=True)
class Row:
    """One uploaded file, and what it would become or why it cannot."""

    upload: CardUpload
    draft: Draft | None
    problem: str = ""

    @property
    def picture_data(self) -> str:
        """The card's picture as an address, since nothing of it is kept yet."""
        if self.draft is None or self.draft.picture is None:
            return ""
        encoded = base64.b64encode(self.draft.picture.content).decode()
        return f"data:image/webp;base64,{encoded}"


@csrf_exempt  # until the length is judged: reading the token reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_page(request: PageRequest) -> HttpResponse:
    """Choose files; what they would become; then they become it."""
    if request.method == "POST" and _is_too_large(request):
        return _page(request, problem=_too_large(), status=413)
    return _import_page(request)


@csrf_protect
def _import_page(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    files: list[Any] = request.FILES.getlist("files")
    if not files:
        return _page(request, problem=_("Choose at least one file."), status=400)
    if len(files) > limits.CARD_FILES_MAX:
        told = _("At most %(most)s files at once, please.")
        return _page(
            request, problem=told % {"most": limits.CARD_FILES_MAX}, status=400
        )
    CardUpload.objects.put(request.user, [_taken(file) for file in files])
    return redirect("import")


def _taken(file: Any) -> tuple[str, bytes]:
    """Name and content; of what is too large, only enough to see that it is."""
    name = str(file.name or "")[-limits.FILE_NAME_MAX_CHARS :]
    return name, file.read(limits.CARD_FILE_MAX_BYTES + 1)


def _is_too_large(request: PageRequest) -> bool:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    return length > FILES_MAX_BYTES + _FORM_MAX_BYTES


def _too_large() -> str:
    told = _("All files together may have at most %(most)s MB. Import fewer at once.")
    return told % {"most": FILES_MAX_BYTES // 1_000_000}


def _page(
    request: PageRequest, *, problem: str = "", status: int = 200
) -> HttpResponse:
    rows = [_row(upload) for upload in CardUpload.objects.of(request.user)]
    context = {
        "rows": rows,
        "good": sum(row.draft is not None for row in rows),
        "problem": problem,
        "file_max_mb": limits.CARD_FILE_MAX_BYTES // 1_000_000,
        "files_max": limits.CARD_FILES_MAX,
    }
    return render(request, "frontend/import.html", context, status=status)


def _row(upload: CardUpload) -> Row:
    try:
        return Row(upload, read(upload.whole()))
    except CardRefused as refusal:
        return Row(upload, None, str(refusal))
    except Exception as exc:  # the page must show, or nobody could forget the file
        # By type alone: the message may hold what the card says.
        logger.error("A card could not be read.", extra={"error": type(exc).__name__})
        return Row(upload, None, _("It cannot be read."))


@require_POST
@login_required
def confirm(request: PageRequest) -> HttpResponse:
    """Make the personas of those files that are ticked; the others are forgotten."""
    wanted = set(request.POST.getlist("upload"))
    uploads = CardUpload.objects.of(request.user)
    # Read before anything is locked: decoding pictures takes seconds.
    rows = [_row(one) for one in uploads if str(one.pk) in wanted]
    made = _make(rows, request.user)
    if not made:
        messages.error(request, _("Nothing was imported: no file was chosen."))
        return redirect("import")
    if len(made) == 1:
        return to_gallery("imported", made[0])
    told = ngettext("%(n)s persona imported.", "%(n)s personas imported.", len(made))
    messages.success(request, told % {"n": len(made)})
    return redirect("home")


def _make(rows: list[Row], owner: User) -> list[Persona]:
    """The personas of those rows whose files still wait; then all of the owner's are gone."""
    with transaction.atomic():
        # Locked, so that pressing twice makes no persona twice.
        locked = CardUpload.objects.of(owner).select_for_update()
        waiting = set(locked.values_list("pk", flat=True))
        made = [
            make_persona(row.draft, owner)[0]
            for row in rows
            if row.draft is not None and row.upload.pk in waiting
        ]
        if made:
            CardUpload.objects.filter(owner=owner).delete()
    return made


@require_POST
@login_required
def forget(request: PageRequest) -> HttpResponse:
    """Do not import what was looked at."""
    CardUpload.objects.filter(owner=request.user).delete()
    return redirect("import")


@require_safe
@login_required
@never_cache
def download_page(request: PageRequest, slug: str) -> HttpResponse:
    """In which formats a persona can be taken along, and what each holds."""
    editable = Persona.objects.editable_by(request.user)
    persona = get_object_or_404(editable, slug=slug)
    context = {
        "persona": persona,
        "documents": persona.documents.count(),
        "origin": getattr(persona, "card", None),
    }
    return render(request, "frontend/download.html", context)
