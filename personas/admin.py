"""Personas in the admin: real fields, lists one per line, and the prompt they become."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.admin_documents import DocumentInline, without_passages
from personas.admin_exhibits import ExhibitAdmin as ExhibitAdmin
from personas.models import Credit, CurrentPersona, How, NotFitAsDefault, Persona
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

    title = "owner"
    parameter_name = "owned_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("site", "The site"), ("me", "Me"), ("others", "Somebody else")]

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


@admin.register(Persona)
class PersonaAdmin(PersonaModelAdmin):
    form = PersonaForm
    list_display = (
        "name",
        "title",
        "owner",
        "visibility",
        "default_mark",
        "updated_at",
    )
    list_filter = (OwnershipFilter, "visibility", "is_default", "language")
    list_select_related = ("owner",)
    search_fields = ("name", "title", "slug", "knowledge", "owner__username")
    autocomplete_fields = ("owner",)
    readonly_fields = (
        "is_default",
        "prompt_preview",
        "copied_from",
        "created_at",
        "updated_at",
    )
    actions = ("make_site_default", "make_public", "make_private", "duplicate")
    inlines: ClassVar[Any] = (DocumentInline,)
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("name", "title")}),
        (
            "Conversation",
            {
                "fields": ("greeting", "farewell", "personality_style", "knowledge"),
                "description": (
                    "What it says first and last, how it talks and what it knows."
                ),
            },
        ),
        (
            "Face and voice",
            {"fields": ("avatar_name", "voice_id", "language", "speaking_rate")},
        ),
        (
            _("Background"),
            {"fields": Persona.KEYING_FIELDS},
        ),
        (
            "Answers",
            {"fields": ("answers", "reply_length", "mind_model", "temperature")},
        ),
        (
            "Character",
            {"fields": ("traits", "personality_interests", "personality_goals")},
        ),
        (
            "Education",
            {
                "fields": (
                    "education_degree",
                    "education_year",
                    "education_institution",
                )
            },
        ),
        (
            "Technical skills",
            {
                "fields": (
                    "technical_languages",
                    "technical_web_stack",
                    "technical_projects",
                ),
                "description": "Leave all of them empty for a persona without any.",
            },
        ),
        (
            "Who may see and edit it",
            {
                "fields": ("visibility", "owner", "slug", "is_default"),
                "description": (
                    "Users who have chosen nobody talk to the site default. To make "
                    "this persona the default, select it in the list of personas and "
                    "choose “Make site default” among the actions."
                ),
            },
        ),
        (
            "What the language model is told",
            {
                "fields": ("prompt_preview",),
                "description": "Made from everything above; it follows when you save.",
            },
        ),
        (
            "History",
            {
                "fields": ("copied_from", "created_at", "updated_at"),
                "classes": ("collapse",),
            },
        ),
    )

    class Media:
        css = {"all": ("personas/admin.css",)}

    @admin.display(description="site default")
    def default_mark(self, persona: Persona) -> str:
        return "default" if persona.is_default else ""

    @admin.display(description="prompt")
    def prompt_preview(self, persona: Persona) -> SafeString:
        if persona._state.adding:
            return format_html("<em>{}</em>", "Save once to see it.")
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
            f"{persona} (the site default)" for persona in objs if persona.is_default
        ]
        return without_passages(deleted), counts, lacking, [*protected, *defaults]

    @admin.action(description="Make site default", permissions=["change"])
    def make_site_default(
        self, request: HttpRequest, queryset: QuerySet[Persona]
    ) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, "Select exactly one persona.", messages.ERROR)
            return
        try:
            chosen[0].become_site_default()
        except NotFitAsDefault as exc:
            self.message_user(request, str(exc), messages.ERROR)
        else:
            self.message_user(request, f"{chosen[0]} is the site default now.")

    @admin.action(description="Make public", permissions=["change"])
    def make_public(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        self._show_to(request, queryset, Visibility.PUBLIC)

    @admin.action(description="Make private", permissions=["change"])
    def make_private(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        self._show_to(request, queryset, Visibility.PRIVATE)

    def _show_to(
        self,
        request: HttpRequest,
        queryset: QuerySet[Persona],
        visibility: Visibility,
    ) -> None:
        changed = 0
        for persona in queryset:
            if persona.is_default and visibility != Visibility.PUBLIC:
                self.message_user(
                    request,
                    f"{persona} is the site default and stays public.",
                    messages.ERROR,
                )
                continue
            persona.change(visibility=visibility)
            changed += 1
        if changed:
            self.message_user(request, f"{changed} made {visibility.value}.")

    @admin.action(description="Duplicate", permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Persona]) -> None:
        """Private copies for the same owner, so that a draft can become the site's."""
        with transaction.atomic():
            copies = [persona.copy_for(persona.owner) for persona in queryset]
        names = ", ".join(copy.slug for copy in copies)
        self.message_user(request, f"Made private copies: {names}.")


@admin.register(CurrentPersona)
class CurrentPersonaAdmin(CurrentPersonaModelAdmin):
    """Who talks to whom; there is nothing here that a user could not choose themselves."""

    list_display = ("user", "persona")
    list_select_related = ("user", "persona")
    search_fields = ("user__username", "persona__name")
    autocomplete_fields = ("user", "persona")
