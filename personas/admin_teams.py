"""Teams in the admin: their members, and the invitations that are still open."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.admin_parts import ReadOnly
from personas.models import Invitation, LastOwner, Membership, Role, Team

if TYPE_CHECKING:  # generic for the type checker alone
    MemberFormSetBase = forms.BaseInlineFormSet[Membership, Team, Any]
    MembershipTabularInline = admin.TabularInline[Membership, Team]
    InvitationTabularInline = admin.TabularInline[Invitation, Team]
    TeamModelAdmin = admin.ModelAdmin[Team]
else:
    MemberFormSetBase = forms.BaseInlineFormSet
    MembershipTabularInline = InvitationTabularInline = admin.TabularInline
    TeamModelAdmin = admin.ModelAdmin


class MemberFormSet(MemberFormSetBase):
    """A team has an owner after whatever was entered."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Whose membership it is stays so: another person is another row."""
        super().add_fields(form, index)
        form.fields["user"].disabled = form.instance.pk is not None

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms and form.cleaned_data.get("user")
        ]
        if not any(form.cleaned_data["role"] == Role.OWNER for form in kept):
            raise ValidationError(
                gettext(
                    "A team needs an owner. Make one of its members an owner, or add one."
                )
            )


class MemberInline(MembershipTabularInline):
    model = Membership
    formset = MemberFormSet
    fields = ("user", "role", "joined_at")
    readonly_fields = ("joined_at",)
    autocomplete_fields = ("user",)
    extra = 0
    verbose_name = _("member")
    verbose_name_plural = _("members")

    def get_extra(
        self, request: HttpRequest, obj: Team | None = None, **kwargs: Any
    ) -> int:
        """A new team begins with a row for its owner."""
        return 1 if obj is None else 0


class InvitationInline(ReadOnly, InvitationTabularInline):
    """Links that can still be used; deleting one withdraws it. Its secret is nowhere."""

    model = Invitation
    fields = ("role", "invited_by", "created_at", "expires_at")
    readonly_fields = fields
    extra = 0
    verbose_name_plural = _("open invitations")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        found: QuerySet[Invitation] = super().get_queryset(request)
        return found.filter(accepted_at=None, expires_at__gt=now()).select_related(
            "invited_by", "team"
        )


@admin.register(Team)
class TeamAdmin(TeamModelAdmin):
    list_display = ("name", "member_count", "persona_count", "created_at")
    list_filter = ("created_at",)
    search_fields = ("name", "members__username")
    search_help_text = _("A team’s name, or one of its members.")
    date_hierarchy = "created_at"
    list_per_page = 50
    fields = ("name", "created_at")
    readonly_fields = ("created_at",)
    inlines = (MemberInline, InvitationInline)

    def get_inlines(self, request: HttpRequest, obj: Team | None) -> Any:
        return self.inlines if obj else (MemberInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                members_there=Count("memberships", distinct=True),
                personas_there=Count("personas", distinct=True),
            )
        )

    def changeform_view(
        self, request: HttpRequest, *arguments: Any, **named: Any
    ) -> HttpResponse:
        """Nothing is saved when somebody else has taken the last other owner meanwhile."""
        try:
            return super().changeform_view(request, *arguments, **named)
        except LastOwner as exc:
            self.message_user(request, str(exc), messages.ERROR)
            return redirect(request.get_full_path())

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        """Members come and go by the team's own verbs, with all that belongs to it."""
        if change and formset.model is Membership:
            _save_members(form.instance, formset)
        else:
            super().save_formset(request, form, formset, change)

    @admin.display(description=_("members"), ordering="members_there")
    def member_count(self, team: Any) -> int:
        count: int = team.members_there
        return count

    @admin.display(description=_("personas"), ordering="personas_there")
    def persona_count(self, team: Any) -> int:
        count: int = team.personas_there
        return count


def _save_members(team: Team, formset: Any) -> None:
    """Owners first, so that a team may change from one owner to another at once."""
    formset.save(commit=False)
    for member in formset.new_objects:
        member.save()
    changed = [member for member, _fields in formset.changed_objects]
    for member in sorted(changed, key=lambda one: one.role != Role.OWNER):
        team.set_role(member.user, Role(member.role))
    for member in formset.deleted_objects:
        team.remove(member.user)
