"""Operating accounts and sessions: see who holds which seat, and free it."""

from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from personas.acts import Act, note
from personas.admin_parts import asked_first
from streaming import admin_embed as admin_embed  # registers its own pages
from streaming import admin_usage as admin_usage  # registers its own pages
from streaming import pool, services
from streaming.models import Account, Session, SessionEvent, State
from streaming.models.states import OPEN, SEATED
from streaming.permissions import DRAIN


class AccountForm(forms.ModelForm[Account]):
    """The key can be written, never read back; leaving it empty keeps it."""

    base_url = forms.URLField(
        label=_("Address"),
        assume_scheme="https",
        help_text=_(
            "Where its API starts, without /v1: http://127.0.0.1:3001 for one."
        ),
    )
    new_api_key = forms.CharField(
        label=_("API key"),
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Stored encrypted and never shown again. Leave empty to keep the one there is."
        ),
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
            raise forms.ValidationError(gettext("A key has ASCII characters only."))
        return key

    def save(self, commit: bool = True) -> Account:
        if key := self.cleaned_data["new_api_key"]:
            self.instance.api_key = key
            if not self.instance._state.adding:
                self.instance.note_new_key()
        if {"base_url", "new_api_key"} & set(self.changed_data):
            # What failed before says nothing about where it leads now.
            self.instance.failures = 0
            self.instance.resting_until = None
            self.instance.last_problem = ""
        return super().save(commit)


class HealthFilter(admin.SimpleListFilter):
    """How an account is, as its list says it."""

    title = _("state")
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("well", _("Well")),
            ("failing", _("Failing or resting")),
            ("draining", _("Draining")),
            ("off", _("Off")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Account]
    ) -> QuerySet[Account]:
        match self.value():
            case "well":
                return queryset.filter(
                    is_enabled=True, is_draining=False, failures=0, resting_until=None
                )
            case "failing":
                return queryset.filter(Q(failures__gt=0) | ~Q(resting_until=None))
            case "draining":
                return queryset.filter(is_draining=True)
            case "off":
                return queryset.filter(is_enabled=False)
            case _:
                return queryset


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin[Account]):
    form = AccountForm
    list_display = ("name", "base_url", "state", "key", "priority", "is_enabled")
    list_editable = ("is_enabled",)
    list_filter = (HealthFilter, "provider")
    search_fields = ("name", "base_url")
    search_help_text = _("A name, or part of an address.")
    actions = ("test_connection", "drain", "undrain", "wake_up")
    readonly_fields = ("state", "created_at")
    fieldsets = (
        (None, {"fields": ("name", "state", "is_enabled", "is_draining")}),
        (
            _("Where it is"),
            {"fields": ("provider", "base_url", "new_api_key", "is_exclusive")},
        ),
        (
            _("Its seats"),
            {"fields": ("seat_limit", "priority", "price_per_minute", "created_at")},
        ),
    )

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[forms.ModelForm[Account]]:
        """Of the list's rows only what can be edited there; by default, all fields."""
        fields = {"fields": self.list_editable}
        return super().get_changelist_form(request, **fields, **kwargs)

    def has_drain_permission(self, request: HttpRequest) -> bool:
        """Who may change accounts may drain them; so may operators, who may not."""
        return request.user.has_perm(DRAIN) or self.has_change_permission(request)

    @admin.display(description=_("state"))
    def state(self, account: Account) -> str:
        return "" if account._state.adding else state_in_words(account, now())

    @admin.display(description=_("API key"))
    def key(self, account: Account) -> str:
        return gettext("set") if account.api_key else gettext("none")

    @admin.action(description=_("Test the connection"), permissions=("drain",))
    def test_connection(
        self, request: HttpRequest, accounts: QuerySet[Account]
    ) -> None:
        chosen = list(accounts)
        for account, found in zip(
            chosen, async_to_sync(pool.check_all)(chosen), strict=True
        ):
            level = messages.SUCCESS if found.is_fine else messages.ERROR
            self.message_user(request, f"{account.name}: {found.words}", level)
        note(request.user, Act.TESTED, *chosen)

    @admin.action(
        description=_("Drain: take no new sessions, let those there end"),
        permissions=("drain",),
    )
    def drain(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        count = _drain(accounts, is_draining=True)
        words = ngettext(
            "%(count)d account drains now.", "%(count)d accounts drain now.", count
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(
        description=_("Undrain: take new sessions again"), permissions=("drain",)
    )
    def undrain(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        count = _drain(accounts, is_draining=False)
        words = ngettext(
            "%(count)d account takes sessions again.",
            "%(count)d accounts take sessions again.",
            count,
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(
        description=_("Wake up now: end the rest after failures"),
        permissions=("drain",),
    )
    def wake_up(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        chosen = list(accounts)
        for account in chosen:
            account.wake_up()
        note(request.user, Act.WOKE, *chosen)
        words = ngettext(
            "%(count)d account is tried again with the next visitor.",
            "%(count)d accounts are tried again with the next visitor.",
            len(chosen),
        )
        self.message_user(request, words % {"count": len(chosen)}, messages.SUCCESS)


def _drain(accounts: QuerySet[Account], *, is_draining: bool) -> int:
    """One by one, so that the audit hears of each."""
    chosen = list(accounts)
    for account in chosen:
        account.drain(is_draining)
    return len(chosen)


def state_in_words(account: Account, at: datetime) -> str:
    """What an operator should know of an account, most important first."""
    taken = len(account.taken_seats())
    free, limit = len(account.free_seats()), account.seat_limit
    words = [gettext("%(free)d of %(all)d seats free") % {"free": free, "all": limit}]
    if others := account.foreign_sessions:
        words.append(
            ngettext("%(count)d taken by others", "%(count)d taken by others", others)
            % {"count": others}
        )
    if account.is_draining:
        draining = gettext("draining, %(count)d left") % {"count": taken}
        words.insert(0, draining if taken else gettext("drained"))
    if account.resting_until:
        words.insert(0, _rest_in_words(account, at))
    elif account.failures:
        words.append(_failed(account.failures, account.last_problem))
    if not account.is_enabled:
        words.insert(0, gettext("off"))
    return "; ".join(words)


def _failed(count: int, problem: str) -> str:
    return ngettext(
        "failed once: %(problem)s", "failed %(count)d times: %(problem)s", count
    ) % {"count": count, "problem": problem}


def _rest_in_words(account: Account, at: datetime) -> str:
    problem = account.last_problem
    if not account.resting_until or not account.is_resting(at):
        return gettext("to be tried again, because it failed: %(problem)s") % {
            "problem": problem
        }
    until = localtime(account.resting_until)
    return gettext("resting until %(time)s, because: %(problem)s") % {
        "time": f"{until:%H:%M:%S %Z}",
        "problem": problem,
    }


def health_in_words(row: dict[str, Any], at: datetime) -> tuple[str, str]:
    """How an account is, of a row of the board: a level for its colour, and the words."""
    if not row["is_enabled"]:
        return "", gettext("Off")
    if row["resting_until"]:
        until = parse_datetime(row["resting_until"])
        if until and until > at:
            return "error", gettext("Resting after failures")
        return "error", gettext("To be tried again")
    if row["is_draining"]:
        return "warning", gettext("Draining") if row["taken"] else gettext("Drained")
    if row["failures"]:
        return "warning", gettext("Failing")
    return "good", gettext("Well")


class EventInline(admin.TabularInline[SessionEvent, Session]):
    """What happened, in order."""

    model = SessionEvent
    fields = ("seq", "at", "type", "told")
    readonly_fields = fields
    ordering = ("seq",)
    can_delete = False
    max_num = 0
    verbose_name_plural = _("what happened")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("data"))
    def told(self, event: SessionEvent) -> SafeString:
        """Technical facts alone: words are those of the people who talked."""
        return format_html("<code>{}</code>", event.facts())


class OpenFilter(admin.SimpleListFilter):
    title = _("whether it is open")
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", pgettext_lazy("sessions", "Open")),
            ("waiting", _("Waiting in line")),
            ("ended", _("Ended")),
            ("failed", _("Failed")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Session]
    ) -> QuerySet[Session]:
        match self.value():
            case "open":
                return queryset.filter(state__in=SEATED)
            case "waiting":
                return queryset.filter(state=State.WAITING)
            case "ended":
                return queryset.exclude(state__in=OPEN)
            case "failed":
                return queryset.filter(state=State.FAILED)
            case _:
                return queryset


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
    list_filter = (
        OpenFilter,
        "end_reason",
        "account",
        "created_at",
        ("state", admin.ChoicesFieldListFilter),
    )
    search_fields = ("id", "owner__username", "persona__name", "upstream_id")
    search_help_text = _("The beginning of its number, a person, or a persona.")
    list_select_related = ("owner", "persona", "account")
    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False
    actions = ("stop_selected", "stop_all_idle")
    inlines = (EventInline,)
    fieldsets = (
        (None, {"fields": ("state", "end_reason", "owner", "persona", "continues")}),
        (
            _("Its seat"),
            {"fields": ("account", "seat", "quality", "avatar_name", "voice_id")},
        ),
        (
            _("Times"),
            {
                "fields": (
                    "created_at",
                    "seated_at",
                    "opened_at",
                    "live_at",
                    "farewell_at",
                    "closing_at",
                    "ended_at",
                    "ends_at",
                    "ends_because",
                    "last_activity_at",
                )
            },
        ),
        (
            _("Connection"),
            {
                "fields": (
                    "ice_state",
                    "upstream_id",
                    "lease_expires_at",
                    "has_socket",
                    "stop_tries",
                    "retry_at",
                ),
                "classes": ("collapse",),
            },
        ),
    )

    @admin.display(description=_("session"), ordering="id")
    def short_id(self, session: Session) -> str:
        return str(session.pk)[:8]

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, session: Session) -> str:
        until = session.ended_at or now()
        return _minutes(until - session.created_at)

    @admin.display(description=_("quiet for"), ordering="last_activity_at")
    def quiet(self, session: Session) -> str:
        if not session.is_open:
            return ""
        return _minutes(now() - session.last_activity_at)

    @admin.action(description=_("Stop the selected sessions"), permissions=("change",))
    def stop_selected(
        self, request: HttpRequest, sessions: QuerySet[Session]
    ) -> HttpResponse | None:
        chosen = list(sessions.select_related("owner", "persona"))
        page = asked_first(
            request,
            self,
            action="stop_selected",
            title=gettext("Stop these sessions?"),
            words=gettext(
                "Every conversation among them ends at once. Those that have ended "
                "already stay as they are."
            ),
            verb=gettext("Stop them"),
            chosen=map(in_a_line, chosen),
        )
        if page:
            return page
        stopping = [one for one in chosen if one.is_open]
        count = async_to_sync(services.stop_all)(chosen)
        note(request.user, Act.STOPPED, *stopping)
        self._report(request, chosen, count)
        return None

    @admin.action(
        description=_("Stop all idle sessions (whatever is selected)"),
        permissions=("change",),
    )
    def stop_all_idle(
        self, request: HttpRequest, sessions: QuerySet[Session]
    ) -> HttpResponse | None:
        for_s = settings.STOP_IDLE_S
        idle = list(
            Session.objects.idle(now(), for_s).select_related("owner", "persona")
        )
        page = asked_first(
            request,
            self,
            action="stop_all_idle",
            title=gettext("Stop all idle sessions?"),
            words=gettext(
                "These are the sessions in which nothing was said for %(seconds)d "
                "seconds, whatever you have selected."
            )
            % {"seconds": for_s},
            verb=gettext("Stop them"),
            chosen=map(in_a_line, idle),
        )
        if page:
            return page
        count = async_to_sync(services.stop_idle)(for_s=for_s)
        note(request.user, Act.STOPPED_IDLE, *idle)
        words = ngettext(
            "Stopped %(count)d session that was quiet for %(seconds)d seconds.",
            "Stopped %(count)d sessions that were quiet for %(seconds)d seconds.",
            count,
        )
        self.message_user(request, words % {"count": count, "seconds": for_s})
        return None

    def _report(self, request: HttpRequest, chosen: list[Session], count: int) -> None:
        words = ngettext(
            "Stopped %(count)d of %(all)d session.",
            "Stopped %(count)d of %(all)d sessions.",
            len(chosen),
        )
        self.message_user(request, words % {"count": count, "all": len(chosen)})
        ids = [session.pk for session in chosen]
        stuck = Session.objects.open().filter(pk__in=ids).count()
        if stuck:
            words = ngettext(
                "%(count)d keeps its seat until its avatar service can be reached.",
                "%(count)d keep their seats until their avatar service can be reached.",
                stuck,
            )
            self.message_user(request, words % {"count": stuck}, messages.WARNING)

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


def in_a_line(session: Session) -> str:
    """Which one it is, for lists of them."""
    who = session.owner or gettext("a deleted user")
    persona = session.persona or gettext("a deleted persona")
    return f"{str(session.pk)[:8]} · {who} · {persona} · {session.get_state_display()}"


def _minutes(time: timedelta) -> str:
    whole = max(0, int(time.total_seconds()))
    return f"{whole // 60}:{whole % 60:02}"
