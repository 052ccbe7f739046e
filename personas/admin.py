"""Personas in the admin: real fields, lists one per line, and the prompt they become."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError
from personas import limits
from personas.admin_documents import DocumentInline, without_passages
from personas.admin_exhibits import ExhibitAdmin as ExhibitAdmin
from personas.admin_parts import OnlyAlong, asked_first
from personas.admin_reach import SitesOwn, reaches_all
from personas.admin_teams import TeamAdmin as TeamAdmin
from personas.models import Credit, CurrentPersona, How, NotFitAsDefault, Persona
from personas.models import publish as publish_draft
from personas.models.visibility import Visibility
from personas.prompt import system_prompt

if TYPE_CHECKING:  # generic for the type checker alone
    PersonaModelForm = forms.ModelForm[Persona]
    PersonaModelAdmin = admin.ModelAdmin[Persona]
    CurrentPersonaModelAdmin = admin.ModelAdmin[CurrentPersona]
else:
    PersonaModelForm = forms.ModelForm
    PersonaModelAdmin = CurrentPersonaModelAdmin = admin.ModelAdmin


class PersonaForm(PersonaModelForm):
    """A form that knows what its page showed, and so what was really edited there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for field in self.fields.values():
                field.show_hidden_initial = True

    class Meta:
        model = Persona
        fields = "__all__"  # noqa: DJ007  (the admin's fieldsets choose)
        widgets = {
            "greeting": forms.Textarea(attrs={"rows": 3}),
            "farewell": forms.Textarea(attrs={"rows": 2}),
            "knowledge": forms.Textarea(attrs={"rows": 20}),
            "background": forms.Textarea(attrs={"rows": 2}),
            **dict.fromkeys(
                ("key_threshold", "key_softness", "key_spill"),
                forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}),
            ),
            "speaking_rate": forms.NumberInput(
                attrs={
                    "min": limits.SPEAKING_RATE_MIN,
                    "max": limits.SPEAKING_RATE_MAX,
                    "step": "any",
                }
            ),
        }


class OwnershipFilter(admin.SimpleListFilter):
    """Whether it is the site's, mine, or somebody's; a list of all users would not end."""

    title = _("owner")
    parameter_name = "owned_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("site", _("The site")),
            ("me", pgettext_lazy("owner of a persona", "Me")),
            ("others", _("Somebody else")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Persona]
    ) -> QuerySet[Persona]:
        match self.value():
            case "site":
                return queryset.filter(owner=None)
            case "me":
                return queryset.filter(owner=request.user.pk)
            case "others":
                return queryset.exclude(owner=None).exclude(owner=request.user.pk)
            case _:
                return queryset


class ArchiveFilter(admin.SimpleListFilter):
    """Archived ones are out of the way, unless they are asked for."""

    title = _("archive")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not archived")), ("yes", _("Archived"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Persona]
    ) -> QuerySet[Persona]:
        match self.value():
            case "no":
                return queryset.filter(archived_at=None)
            case "yes":
                return queryset.exclude(archived_at=None)
            case _:
                return queryset


@admin.register(Persona)
class PersonaAdmin(SitesOwn, PersonaModelAdmin):
    owner_field = "owner"
    form = PersonaForm
    list_display = (
        "name",
        "title",
        "owner",
        "team",
        "visibility",
        "standing",
        "updated_at",
    )
    list_filter = (
        OwnershipFilter,
        "visibility",
        ArchiveFilter,
        "is_default",
        ("team", admin.RelatedOnlyFieldListFilter),
        "language",
        "updated_at",
    )
    list_select_related = ("owner", "team")
    list_per_page = 50
    search_help_text = _("A name, a title, an owner, or what it knows.")
    search_fields = ("name", "title", "slug", "knowledge", "owner__username")
    autocomplete_fields = ("owner", "team")
    readonly_fields = (
        "is_default",
        "prompt_preview",
        "copied_from",
        "archived_at",
        "created_at",
        "updated_at",
    )
    actions = (
        "publish",
        "make_public",
        "make_private",
        "make_site_default",
        "archive",
        "restore",
        "duplicate",
    )
    inlines: ClassVar[Any] = (DocumentInline,)
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("name", "title")}),
        (
            _("Conversation"),
            {
                "fields": ("greeting", "farewell", "personality_style", "knowledge"),
                "description": _(
                    "What it says first and last, how it talks and what it knows."
                ),
            },
        ),
        (
            _("Face and voice"),
            {"fields": ("avatar_name", "voice_id", "language", "speaking_rate")},
        ),
        (
            _("Background"),
            {"fields": Persona.KEYING_FIELDS},
        ),
        (
            _("Answers"),
            {"fields": ("answers", "reply_length", "mind_model", "temperature")},
        ),
        (
            _("Character"),
            {"fields": ("traits", "personality_interests", "personality_goals")},
        ),
        (
            _("Education"),
            {
                "fields": (
                    "education_degree",
                    "education_year",
                    "education_institution",
                )
            },
        ),
        (
            _("Technical skills"),
            {
                "fields": (
                    "technical_languages",
                    "technical_web_stack",
                    "technical_projects",
                ),
                "description": _("Leave all of them empty for a persona without any."),
            },
        ),
        (
            _("Who may see and edit it"),
            {
                "fields": ("visibility", "owner", "team", "tags", "slug", "is_default"),
                "description": _(
                    "Users who have chosen nobody talk to the site default. To make "
                    "this persona the default, select it in the list of personas and "
                    "choose “Make site default” among the actions."
                ),
            },
        ),
        (
            _("What the language model is told"),
            {
                "fields": ("prompt_preview",),
                "description": _(
                    "Made from everything above; it follows when you save."
                ),
            },
        ),
        (
            _("History"),
            {
                "fields": ("copied_from", "archived_at", "created_at", "updated_at"),
                "classes": ("collapse",),
            },
        ),
    )

    class Media:
        css = {"all": ("personas/admin.css",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Persona | None = None
    ) -> tuple[str, ...]:
        """Whose it is says whoever reaches everybody's."""
        kept = (*super().get_readonly_fields(request, obj),)
        return kept if reaches_all(request) else (*kept, "owner", "team")

    @admin.display(description=_("standing"))
    def standing(self, persona: Persona) -> str:
        if persona.is_default:
            return gettext("site default")
        return gettext("archived") if persona.archived_at else ""

    @admin.display(description=_("prompt"))
    def prompt_preview(self, persona: Persona) -> SafeString:
        if persona._state.adding:
            return format_html("<em>{}</em>", gettext("Save once to see it."))
        return format_html(
            '<pre class="prompt-preview">{}</pre>', system_prompt(persona)
        )

    def save_model(
        self, request: HttpRequest, obj: Persona, form: PersonaModelForm, change: bool
    ) -> None:
        """Write only what was edited: a page left open for an hour undoes nobody's work."""
        obj.credited(Credit(request.user, How.ADMIN))  # type: ignore[arg-type]
        if change:
            obj.change(**{name: getattr(obj, name) for name in form.changed_data})
        else:
            super().save_model(request, obj, form, change)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The site default cannot be deleted: everybody without a choice talks to it."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        defaults = [
            gettext("%(name)s (the site default)") % {"name": persona}
            for persona in objs
            if persona.is_default
        ]
        return without_passages(deleted), counts, lacking, [*protected, *defaults]

    @admin.action(description=_("Publish the drafts"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        """What was drafted is what everybody meets from now on."""
        published = 0
        for persona in queryset:
            try:
                publish_draft(persona, cast(User, request.user))
            except DomainError as exc:
                self.message_user(request, f"{persona}: {exc}", messages.ERROR)
            else:
                published += 1
        self._tell(
            request,
            ngettext("%(count)d published.", "%(count)d published.", published),
            published,
        )

    @admin.action(description=_("Make site default"), permissions=["change"])
    def make_site_default(
        self, request: HttpRequest, queryset: QuerySet[Persona]
    ) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(
                request, gettext("Select exactly one persona."), messages.ERROR
            )
            return
        try:
            chosen[0].become_site_default()
        except NotFitAsDefault as exc:
            self.message_user(request, str(exc), messages.ERROR)
        else:
            words = gettext("%(name)s is the site default now.") % {"name": chosen[0]}
            self.message_user(request, words, messages.SUCCESS)

    @admin.action(description=_("Make public"), permissions=["change"])
    def make_public(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        count = self._change(request, queryset, visibility=Visibility.PUBLIC)
        words = ngettext("%(count)d made public.", "%(count)d made public.", count)
        self._tell(request, words, count)

    @admin.action(description=_("Make private"), permissions=["change"])
    def make_private(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        count = self._change(request, queryset, visibility=Visibility.PRIVATE)
        words = ngettext("%(count)d made private.", "%(count)d made private.", count)
        self._tell(request, words, count)

    @admin.action(
        description=_("Archive: nobody can talk to it"), permissions=["change"]
    )
    def archive(
        self, request: HttpRequest, queryset: QuerySet[Persona]
    ) -> HttpResponse | None:
        page = asked_first(
            request,
            self,
            action="archive",
            title=gettext("Archive these personas?"),
            words=gettext(
                "Nobody can talk to an archived persona, and no list shows it. Nothing "
                "is deleted: it can be restored here, with all that it knows."
            ),
            verb=gettext("Archive them"),
            chosen=queryset,
        )
        if page:
            return page
        current = queryset.filter(archived_at=None)
        count = self._change(request, current, archived_at=now())
        words = ngettext("%(count)d archived.", "%(count)d archived.", count)
        self._tell(request, words, count)
        return None

    @admin.action(description=_("Restore from the archive"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        archived = queryset.exclude(archived_at=None)
        count = self._change(request, archived, archived_at=None)
        words = ngettext("%(count)d restored.", "%(count)d restored.", count)
        self._tell(request, words, count)

    def _change(
        self, request: HttpRequest, queryset: QuerySet[Persona], **values: Any
    ) -> int:
        """How many were changed; the site default stays as it is, which is said."""
        changed = 0
        for persona in queryset:
            if persona.is_default and values.get("visibility") != Visibility.PUBLIC:
                words = gettext("%(name)s is the site default and stays public.")
                self.message_user(request, words % {"name": persona}, messages.ERROR)
                continue
            persona.change(**values)
            changed += 1
        return changed

    def _tell(self, request: HttpRequest, words: str, count: int) -> None:
        if count:
            self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Duplicate"), permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        """Private copies for the same owner, so that a draft can become the site's."""
        with transaction.atomic():
            copies = [persona.copy_for(persona.owner) for persona in queryset]
        names = ", ".join(copy.slug for copy in copies)
        words = gettext("Made private copies: %(names)s.") % {"names": names}
        self.message_user(request, words, messages.SUCCESS)


@admin.register(CurrentPersona)
class CurrentPersonaAdmin(OnlyAlong, CurrentPersonaModelAdmin):
    """Who talks to whom; there is nothing here that a user could not choose themselves."""

    list_display = ("user", "persona")
    list_per_page = 50
    list_select_related = ("user", "persona")
    search_fields = ("user__username", "persona__name")
    autocomplete_fields = ("user", "persona")
