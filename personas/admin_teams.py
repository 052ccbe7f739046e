"""Teams in the admin: their members, and the invitations that are still open."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.admin_parts import ReadOnly
from personas.models import Invitation, Membership, Role, Team

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

    @admin.display(description=_("members"), ordering="members_there")
    def member_count(self, team: Any) -> int:
        count: int = team.members_there
        return count

    @admin.display(description=_("personas"), ordering="personas_there")
    def persona_count(self, team: Any) -> int:
        count: int = team.personas_there
        return count
