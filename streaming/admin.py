"""Operating accounts and sessions: see who holds which seat, and free it."""

from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime, now

from streaming import admin_usage as admin_usage  # registers its own pages
from streaming import pool, services
from streaming.models import Account, Session, SessionEvent


class AccountForm(forms.ModelForm[Account]):
    """The key can be written, never read back; leaving it empty keeps it."""

    base_url = forms.URLField(
        assume_scheme="https",
        help_text="Where its API starts, without /v1: http://127.0.0.1:3001 for one.",
    )
    new_api_key = forms.CharField(
        label="API key",
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Stored encrypted and never shown again. Leave empty to keep the one there is.",
    )

    class Meta:
        model = Account
        fields = (
            "name",
            "provider",
            "base_url",
            "seat_limit",
            "priority",
            "price_per_minute",
            "is_enabled",
            "is_draining",
            "is_exclusive",
        )

    def clean_new_api_key(self) -> str:
        key: str = self.cleaned_data["new_api_key"]
        if not key.isascii():
            raise forms.ValidationError("A key has ASCII characters only.")
        return key

    def save(self, commit: bool = True) -> Account:
        if key := self.cleaned_data["new_api_key"]:
            self.instance.api_key = key
        if {"base_url", "new_api_key"} & set(self.changed_data):
            # What failed before says nothing about where it leads now.
            self.instance.failures = 0
            self.instance.resting_until = None
            self.instance.last_problem = ""
        return super().save(commit)


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin[Account]):
    form = AccountForm
    list_display = ("name", "base_url", "state", "key", "priority", "is_enabled")
    list_editable = ("is_enabled",)
    search_fields = ("name", "base_url")
    actions = ("test_connection", "drain", "undrain", "wake_up")

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[forms.ModelForm[Account]]:
        """Of the list's rows only what can be edited there; by default, all fields."""
        fields = {"fields": self.list_editable}
        return super().get_changelist_form(request, **fields, **kwargs)

    @admin.display(description="state")
    def state(self, account: Account) -> str:
        return state_in_words(account, now())

    @admin.display(description="API key")
    def key(self, account: Account) -> str:
        return "set" if account.api_key else "none"

    @admin.action(description="Test the connection", permissions=("change",))
    def test_connection(
        self, request: HttpRequest, accounts: QuerySet[Account]
    ) -> None:
        chosen = list(accounts)
        for account, found in zip(
            chosen, async_to_sync(pool.check_all)(chosen), strict=True
        ):
            level = messages.SUCCESS if found.is_fine else messages.ERROR
            self.message_user(request, f"{account.name}: {found.words}", level)

    @admin.action(
        description="Drain: take no new sessions, let those there end",
        permissions=("change",),
    )
    def drain(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        count = accounts.update(is_draining=True)
        self.message_user(request, f"Accounts draining now: {count}.")

    @admin.action(
        description="Undrain: take new sessions again", permissions=("change",)
    )
    def undrain(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        count = accounts.update(is_draining=False)
        self.message_user(request, f"Accounts that take sessions again: {count}.")

    @admin.action(
        description="Wake up now: end the rest after failures", permissions=("change",)
    )
    def wake_up(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        chosen = list(accounts)
        for account in chosen:
            account.wake_up()
        self.message_user(request, f"Accounts woken: {len(chosen)}.")


def state_in_words(account: Account, at: datetime) -> str:
    """What an operator should know of an account, most important first."""
    taken = len(account.taken_seats())
    words = [f"{len(account.free_seats())} of {account.seat_limit} seats free"]
    if account.foreign_sessions:
        words.append(f"{account.foreign_sessions} taken by others")
    if account.is_draining:
        words.insert(0, f"draining, {taken} left" if taken else "drained")
    if account.resting_until:
        words.insert(0, _rest_in_words(account, at))
    elif account.failures:
        words.append(f"failed {account.failures} times: {account.last_problem}")
    if not account.is_enabled:
        words.insert(0, "off")
    return "; ".join(words)


def _rest_in_words(account: Account, at: datetime) -> str:
    if not account.resting_until or not account.is_resting(at):
        return f"to be tried again, because it failed: {account.last_problem}"
    until = localtime(account.resting_until)
    return f"resting until {until:%H:%M:%S %Z}, because: {account.last_problem}"


class EventInline(admin.TabularInline[SessionEvent, Session]):
    """What happened, in order."""

    model = SessionEvent
    fields = ("seq", "at", "type", "data")
    readonly_fields = fields
    ordering = ("seq",)
    can_delete = False
    max_num = 0
    verbose_name_plural = "what happened"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin[Session]):
    """Sessions are history: they are looked at and stopped, not edited."""

    list_display = (
        "short_id",
        "state",
        "owner",
        "persona",
        "account",
        "seat",
        "ice_state",
        "age",
        "quiet",
        "end_reason",
    )
    list_filter = ("state", "end_reason", "account", "created_at")
    search_fields = ("id", "owner__username", "persona__name", "upstream_id")
    list_select_related = ("owner", "persona", "account")
    date_hierarchy = "created_at"
    actions = ("stop_selected", "stop_all_idle")
    inlines = (EventInline,)

    @admin.display(description="session", ordering="id")
    def short_id(self, session: Session) -> str:
        return str(session.pk)[:8]

    @admin.display(description="age", ordering="created_at")
    def age(self, session: Session) -> str:
        until = session.ended_at or now()
        return _minutes((until - session.created_at).total_seconds())

    @admin.display(description="quiet for", ordering="last_activity_at")
    def quiet(self, session: Session) -> str:
        if not session.is_open:
            return ""
        return _minutes((now() - session.last_activity_at).total_seconds())

    @admin.action(description="Stop the selected sessions", permissions=("change",))
    def stop_selected(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        chosen = list(sessions)
        count = async_to_sync(services.stop_all)(chosen)
        self._report(request, chosen, count)

    @admin.action(
        description="Stop all idle sessions (whatever is selected)",
        permissions=("change",),
    )
    def stop_all_idle(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        for_s = settings.STOP_IDLE_S
        count = async_to_sync(services.stop_idle)(for_s=for_s)
        self.message_user(
            request, f"Stopped {count} sessions that were quiet for {for_s} seconds."
        )

    def _report(self, request: HttpRequest, chosen: list[Session], count: int) -> None:
        self.message_user(request, f"Stopped {count} of {len(chosen)} sessions.")
        ids = [session.pk for session in chosen]
        stuck = Session.objects.open().filter(pk__in=ids).count()
        if stuck:
            self.message_user(
                request,
                f"{stuck} keep their seats until their avatar service can be reached.",
                messages.WARNING,
            )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The form is read-only; the permission is what the actions ask for.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An open session is stopped, not deleted: upstream would still count it."""
        if isinstance(obj, Session) and obj.is_open:
            return False
        return super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found = super().get_deleted_objects(objs, request)
        still_open = [str(obj) for obj in objs if obj.is_open]
        return (*found[:3], [*found[3], *still_open])


def _minutes(seconds: float) -> str:
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"
