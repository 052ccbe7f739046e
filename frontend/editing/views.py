"""The editor's page: a persona's draft, saved as it is written, and published on demand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat.minds import describe_mind
from frontend.editing.forms import (
    NOTE_MAX_CHARS,
    EditorForm,
    NewPersonaForm,
    human_name,
    human_names,
    languages,
)
from frontend.editing.groups import GROUPS
from frontend.editing.starts import STARTS
from frontend.templatetags.stills import still
from frontend.views import PageRequest
from personas import limits
from personas.models import (
    EditedMeanwhile,
    NoDraft,
    Persona,
    PersonaDraft,
    bring_up_to_date,
    discard_draft,
    draft_of,
    publish,
    save_draft,
)
from personas.prompt import system_prompt

#: What the file chooser offers.
_UPLOAD_ACCEPT = ".txt,.md,.html,.htm,.pdf"


def editable(request: PageRequest, slug: str) -> Persona:
    """A persona that the user may edit; to everybody else it is not there."""
    return get_object_or_404(Persona.objects.editable_by(request.user), slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: PageRequest) -> HttpResponse:
    """A name and a start; the rest is the editor's."""
    form = NewPersonaForm(request.POST or None)
    if form.is_valid():
        persona = form.create_for(request.user)
        messages.success(
            request,
            gettext(
                "%(name)s is there, and only you can see it. Change what you like, and "
                "talk to it at the side."
            )
            % {"name": persona.name},
        )
        return redirect("persona_edit", persona.slug)
    context = {"form": form, "starts": STARTS}
    return render(request, "frontend/persona_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: PageRequest, slug: str) -> HttpResponse:
    """The draft of a persona. Scripts ask for JSON and get what changed."""
    persona = editable(request, slug)
    form = EditorForm(request.POST or None, instance=persona.as_drafted())
    if not form.is_bound:
        return _page(request, persona, form)
    form.is_valid()  # what is not is said at its field; the rest is saved
    try:
        draft = _saved(request, persona, form)
    except EditedMeanwhile as exc:
        return _clashing(request, persona, form, exc)
    if request.accepts("text/html"):
        return _after_saving(request, persona, form)
    return JsonResponse(_news(persona, draft, form))


def _saved(
    request: PageRequest, persona: Persona, form: EditorForm
) -> PersonaDraft | None:
    """Write the edits. Of fields that somebody else has changed, `clash` says whose stand.

    Raises `EditedMeanwhile` where that is not said.
    """
    edits = form.edits()
    clash = request.POST.get("clash")
    try:
        return save_draft(persona, request.user, edits, anyway=clash == "mine")
    except EditedMeanwhile as exc:
        if clash != "theirs":
            raise
        for name in exc.fields:
            del edits[name]
        return save_draft(persona, request.user, edits)


def _after_saving(
    request: PageRequest, persona: Persona, form: EditorForm
) -> HttpResponse:
    if form.errors:
        # Read anew: the draft that this persona knows is the one from before.
        return _page(request, editable(request, persona.slug), form)
    if request.POST.get("do") != "publish":
        messages.success(request, gettext("The draft is saved."))
        return redirect("persona_edit", persona.slug)
    note = _one_line(request.POST.get("note", ""))[:NOTE_MAX_CHARS]
    try:
        publish(persona, request.user, note)
    except NoDraft:
        messages.info(request, gettext("Nothing has changed, so nothing is published."))
    except EditedMeanwhile:
        messages.error(
            request,
            gettext("Not published yet: somebody else has published something since."),
        )
    else:
        messages.success(request, gettext("Published: everybody meets it like this."))
    return redirect("persona_edit", persona.slug)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _clashing(
    request: PageRequest, persona: Persona, form: EditorForm, error: EditedMeanwhile
) -> HttpResponse:
    """Nothing was saved, since somebody else has changed the same."""
    draft = draft_of(persona)
    theirs = draft.full_content() if draft else persona.content()
    written = {name: form.as_written(name, theirs[name]) for name in error.fields}
    clash = {
        "who": _who(draft),
        "fields": human_names(error.fields),
        "theirs": [(human_name(name), text) for name, text in written.items()],
    }
    if request.accepts("text/html"):
        return _page(request, persona, form, clash=clash, status=409)
    told = {"code": error.code, "message": str(error), "clash": clash}
    return JsonResponse(told, status=409)


def _who(draft: PersonaDraft | None) -> str:
    if draft is None or draft.author is None:
        return gettext("Somebody")
    return str(draft.author.get_username())


def _news(
    persona: Persona, draft: PersonaDraft | None, form: EditorForm
) -> dict[str, Any]:
    """What a script needs to know after saving: what others wrote, and what is wrong."""
    content = draft.full_content() if draft else persona.content()
    written = {
        name: form.as_written(name, content[name])
        for name in form.fields
        if name not in form.errors
    }
    return {
        "values": written,
        "errors": {name: list(map(str, found)) for name, found in form.errors.items()},
        "unpublished": draft.changed_fields() if draft else [],
    }


def _page(
    request: PageRequest,
    persona: Persona,
    form: EditorForm,
    *,
    clash: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    draft = draft_of(persona)
    # The form writes what was sent into its instance; the side shows what is saved.
    drafted = persona.as_drafted()
    latest = persona.versions.select_related("author").first()
    merged = draft.merged() if draft else None
    context = {
        "persona": persona,
        "drafted": drafted,
        "picture": picture_of(drafted),
        "draft": draft,
        "latest": latest,
        "is_behind": draft and draft.based_on_id != (latest and latest.pk),
        "overtaken": human_names(merged.clashes) if merged else "",
        "unpublished": draft.changed_fields() if draft else [],
        "form": form,
        "clash": clash,
        "groups": [(group, [form[name] for name in group.fields]) for group in GROUPS],
        "languages": languages(),
        "prompt": system_prompt(drafted),
        "documents": persona.documents.all(),
        "accepts": _UPLOAD_ACCEPT,
        "exhibit_count": persona.exhibits.count(),
        "script_count": persona.scripts.count(),
        "mind": describe_mind(drafted),
        "max_document_mb": limits.DOCUMENT_MAX_BYTES // 1_000_000,
        "note_max_chars": NOTE_MAX_CHARS,
        "facts": {
            "slug": persona.slug,
            "welcome": drafted.welcome(),
            "unpublished": draft.changed_fields() if draft else [],
        },
    }
    return render(request, "frontend/persona_edit.html", context, status=status)


def picture_of(persona: Persona) -> str:
    """What stands on its card: its avatar's still, or the picture it was imported with."""
    card = getattr(persona, "card", None)
    own = card.picture_url if card and card.digest else ""
    return still(persona.avatar_name) or own


@require_POST
@login_required
def discard(request: PageRequest, slug: str) -> HttpResponse:
    """Forget the draft; the page has asked whether that is meant."""
    persona = editable(request, slug)
    discard_draft(persona)
    messages.success(request, gettext("The draft is discarded."))
    return redirect("persona_edit", persona.slug)


@require_POST
@login_required
def refresh(request: PageRequest, slug: str) -> HttpResponse:
    """Take into the draft what was published since; its own edits stand."""
    persona = editable(request, slug)
    bring_up_to_date(persona)
    messages.success(request, gettext("The draft has what was published meanwhile."))
    return redirect("persona_edit", persona.slug)
