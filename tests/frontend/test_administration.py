"""The admin as the staff's workplace: sections, overview, groups, audit, search, support."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db.models.signals import post_init
from django.test import Client
from django.utils.timezone import now

from chat.models import Conversation, Turn
from frontend.administration.groups import (
    AUDITORS,
    EDITORS,
    OPERATORS,
    permissions,
    sync_groups,
)
from frontend.models import ApiToken
from frontend.supporting import EVENTS_SHOWN
from personas.admin_teams import MemberFormSet
from personas.models import Document, Invitation, Membership, Persona, Role, Team
from streaming.models import (
    Account,
    EndReason,
    Session,
    SessionEvent,
    State,
    UserLimits,
)
from tests.admin_forms import filled_in
from tests.chat.conversations import new_session

AUDIT = "/admin/audit/"


@pytest.fixture
def office(client: Client, carol) -> Client:
    client.force_login(carol)
    return client


def member_of(*groups: str) -> User:
    """Staff in these groups and with nothing else."""
    sync_groups()
    name = "-".join(groups).lower() or "nobody"
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def as_member_of(*groups: str) -> Client:
    client = Client()
    client.force_login(member_of(*groups))
    return client


def ended(owner, persona, reason: EndReason, **fields) -> Session:
    at = now()
    state = State.FAILED if reason == EndReason.ICE_FAILED else State.CLOSED
    return Session.objects.create(
        owner=owner,
        persona=persona,
        state=state,
        end_reason=reason,
        ended_at=at,
        lease_expires_at=at,
        ends_at=at,
        **fields,
    )


def text(response) -> str:
    return " ".join(response.content.decode().split())


# Groups -----------------------------------------------------------------------------------

#: What a group may do with a model beyond nothing: v(iew), a(dd), c(hange), d(elete).
MAY: dict[str, dict[str, str]] = {
    OPERATORS: {
        "streaming.Session": "vc",
        "streaming.Account": "v",
        "streaming.UsageEntry": "v",
        "streaming.EmbedKey": "vc",
        "auth.User": "v",
    },
    EDITORS: {
        "personas.Persona": "vacd",
        "personas.Document": "vcd",
        "personas.Exhibit": "vacd",
        "chat.Script": "vacd",
    },
    AUDITORS: {
        "auth.User": "v",
        "auth.Group": "v",
        "personas.Persona": "v",
        "personas.CurrentPersona": "v",
        "personas.Document": "v",
        "personas.Exhibit": "v",
        "personas.Team": "v",
        "chat.Conversation": "v",
        "chat.Memory": "v",
        "chat.Script": "v",
        "chat.ScriptRun": "v",
        "streaming.Session": "v",
        "streaming.Account": "v",
        "streaming.UsageEntry": "v",
        "streaming.EmbedKey": "v",
    },
    "": {},
}


@pytest.mark.parametrize("group", MAY)
def test_a_group_may_do_with_each_model_what_the_matrix_says(rf, db, group):
    user = member_of(*filter(None, [group]))
    found = {}
    for model, own in admin.site._registry.items():
        request = rf.get("/admin/")
        request.user = user
        request.resolver_match = None
        verbs = own.get_model_perms(request)
        letters = "".join(
            name[0] for name in ("view", "add", "change", "delete") if verbs[name]
        )
        if letters:
            found[model._meta.label] = letters

    assert found == MAY[group]


def test_what_goes_along_with_a_persona_is_not_deleted_from_its_own_page(
    db, anna, alice
):
    editor = as_member_of(EDITORS)

    for path in ("chat/memory/", "personas/currentpersona/"):
        assert editor.get(f"/admin/{path}").status_code == 403


def test_staff_in_no_group_see_an_empty_house(db):
    client = as_member_of()

    page = text(client.get("/admin/"))

    assert "You may see nothing here yet." in page
    assert "Failed sessions" not in page
    for path in ("audit/", "streaming/session/", "personas/persona/", "auth/user/"):
        assert client.get(f"/admin/{path}").status_code == 403


def test_making_the_groups_again_takes_nothing_away(db):
    call_command("sync_groups", verbosity=0)
    before = Group.objects.get(name=OPERATORS).permissions.count()
    extra = Group.objects.get(name=EDITORS).permissions.all()[0]
    Group.objects.get(name=OPERATORS).permissions.add(extra)

    call_command("sync_groups", verbosity=0)

    assert Group.objects.count() == 3
    assert Group.objects.get(name=OPERATORS).permissions.count() == before + 1


def test_editors_reach_the_sites_personas_and_nobody_elses(anna, alice):
    hers = Persona.objects.create(name="Hers", owner=alice)
    Document.objects.create(
        persona=hers, file_name="diary.txt", kind="txt", size_bytes=1, sha256="0" * 64
    )
    editor = as_member_of(EDITORS)

    assert "Hers" not in text(editor.get("/admin/personas/persona/"))
    assert editor.get(f"/admin/personas/persona/{hers.pk}/change/").status_code == 302
    assert "diary" not in text(editor.get("/admin/personas/document/"))
    page = editor.get(f"/admin/personas/persona/{anna.pk}/change/")
    assert page.status_code == 200
    assert "owner" not in page.context["adminform"].form.fields


def test_operators_drain_accounts_and_change_nothing_else_of_them(dead_account):
    operator = as_member_of(OPERATORS)
    path = "/admin/streaming/account/"

    operator.post(path, {"action": "drain", "_selected_action": [dead_account.pk]})
    form = operator.post(f"{path}{dead_account.pk}/change/", {"name": "Mine"})

    dead_account.refresh_from_db()
    assert dead_account.is_draining
    assert form.status_code == 403
    assert dead_account.name == "Nobody"
    assert (
        operator.post(f"/operate/accounts/{dead_account.pk}/undrain").status_code == 200
    )


def test_nobody_makes_themselves_more_than_they_are(db):
    keeper = User.objects.create_user("keeper", is_staff=True)
    sync_groups()
    keeper.user_permissions.set(permissions({"auth.change_user", "auth.view_user"}))
    boss = User.objects.create_superuser("boss")
    client = Client()
    client.force_login(keeper)
    own = f"/admin/auth/user/{keeper.pk}/change/"

    fields = client.get(own).context["adminform"].form.fields
    refused = client.post(f"/admin/auth/user/{boss.pk}/change/", {"username": "x"})

    assert not {"is_superuser", "is_staff", "groups", "user_permissions"} & set(fields)
    assert refused.status_code == 403
    assert client.get(f"/admin/auth/user/{boss.pk}/password/").status_code == 403


def as_keeper_of_people() -> Client:
    """Staff who may look at, change and delete people, and are no superuser."""
    keeper = User.objects.create_user("keeper", is_staff=True)
    labels = {f"auth.{verb}_user" for verb in ("view", "change", "delete")}
    keeper.user_permissions.set(permissions(labels))
    client = Client()
    client.force_login(keeper)
    return client


def test_staff_do_not_come_in_as_other_staff(alice):
    office = as_keeper_of_people()
    operator = member_of(OPERATORS)
    form = {"username": "operators", "email": "keeper@example.com"}
    path = f"/admin/auth/user/{operator.pk}/"

    assert office.post(f"{path}change/", form).status_code == 403
    assert office.get(f"{path}password/").status_code == 403
    assert office.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    batch = {"action": "delete_selected", "_selected_action": [operator.pk]}
    office.post("/admin/auth/user/", batch | {"post": "yes"})

    assert User.objects.filter(pk=operator.pk, email="").exists()
    assert office.get(f"/admin/auth/user/{alice.pk}/password/").status_code == 200
    keeper = User.objects.get(username="keeper")
    assert office.get(f"/admin/auth/user/{keeper.pk}/password/").status_code == 200


def test_nobody_is_deleted_who_leaves_a_team_without_an_owner(office, alice, bob):
    team = Team.found("Museum", alice)
    team.memberships.create(user=bob, role=Role.OWNER)
    batch = {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk]}

    refused = text(office.post("/admin/auth/user/", batch | {"post": "yes"}))
    assert "the team “Museum” (give it another owner first" in refused
    assert User.objects.filter(pk__in=[alice.pk, bob.pk]).count() == 2

    office.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=alice.pk).exists()
    refused = text(office.post(f"/admin/auth/user/{bob.pk}/delete/", {"post": "yes"}))
    assert "the team “Museum” (give it another owner first" in refused


@pytest.mark.parametrize("in_a_batch", [True, False])
def test_sessions_end_before_somebody_is_deleted(
    office, alice, bob, carol, anna, in_a_batch
):
    hers = Persona.objects.create(name="Hers", owner=alice, visibility="public")
    own, with_hers = new_session(alice, anna), new_session(bob, hers)
    other = new_session(carol, anna)

    if in_a_batch:
        batch = {"action": "delete_selected", "_selected_action": [alice.pk]}
        office.post("/admin/auth/user/", batch | {"post": "yes"})
    else:
        office.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=alice.pk).exists()
    for session, reason in ((own, "staff_stopped"), (with_hers, "persona_ended")):
        session.reread()
        assert session.end_reason == reason
    other.reread()
    assert other.end_reason == ""


def test_a_deletion_that_is_refused_ends_no_sessions(office, alice, anna):
    Team.found("Museum", alice)
    session = new_session(alice, anna)

    office.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"})

    session.reread()
    assert session.end_reason == ""


# The frame and the overview ----------------------------------------------------------------


def test_sections_are_named_by_what_people_do(office):
    page = office.get("/admin/")

    names = [section["name"] for section in page.context["available_apps"]]
    assert names == [
        "People",
        "Personas",
        "Conversations",
        "Sessions and seats",
        "Accounts and cost",
        "Audit",
    ]


def test_nothing_of_sign_in_services_and_tokens_is_listed(office):
    models = {model._meta.label for model in admin.site._registry}

    assert not {label for label in models if "Token" in label or "Social" in label}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sites_colours_hold_in_the_admin(office, theme):
    office.cookies["theme"] = theme

    page = office.get("/admin/").content.decode()

    assert f'data-theme="{theme}"' in page
    assert "theme.js" not in page


def test_the_overview_says_how_the_site_fares(office, anna, alice, dead_account):
    ended(alice, anna, EndReason.ICE_FAILED)
    ended(alice, anna, EndReason.VIEWER_LEFT)
    Document.objects.create(
        persona=anna,
        file_name="old.pdf",
        kind="pdf",
        size_bytes=1,
        sha256="1" * 64,
        state=Document.State.FAILED,
        problem="It has no text.",
    )
    dead_account.drain()

    page = office.get("/admin/")

    shown = text(page)
    assert "the media connection failed" in shown
    assert [row["count"] for row in page.context["failed_sessions"]] == [1]
    assert "old.pdf" in shown
    assert "It has no text." in shown
    assert "0 of 3 taken, 3 free" in shown
    assert "Drained" in shown


def test_the_overview_asks_no_more_for_more_sessions(
    office, anna, alice, dead_account, django_assert_max_num_queries
):
    for _ in range(30):
        ended(alice, anna, EndReason.ICE_FAILED)
    office.get("/admin/")  # content types are looked up once

    with django_assert_max_num_queries(45):
        office.get("/admin/")


def test_the_search_finds_people_personas_and_sessions(office, anna, alice):
    session = ended(alice, anna, EndReason.VIEWER_LEFT)

    page = text(office.get("/admin/find/", {"q": "alice"}))
    by_number = text(office.get("/admin/find/", {"q": str(session.pk)[:8]}))

    assert f"/admin/auth/user/{alice.pk}/change/" in page
    assert f"/admin/streaming/session/{session.pk}/change/" in page
    assert f"/admin/streaming/session/{session.pk}/change/" in by_number
    assert "is like “\\u0000”" not in text(office.get("/admin/find/", {"q": "\0"}))


def test_the_search_shows_nobody_more_than_their_lists(anna, alice):
    editor = as_member_of(EDITORS)
    Persona.objects.create(name="Alice's own", owner=alice)

    page = text(editor.get("/admin/find/", {"q": "alice"}))

    assert "Nothing that you may see is like" in page


# Audit -------------------------------------------------------------------------------------


def test_the_audit_says_from_which_to_which_value(office, carol, dead_account):
    office.post(f"/operate/accounts/{dead_account.pk}/drain")

    page = office.get(AUDIT, {"kind": "account"})

    newest = page.context["entries"][0]
    assert (newest.who, newest.subject) == ("carol", "Nobody")
    [change] = newest.changes
    assert (change.field, change.before, change.after) == ("Draining", "no", "yes")


def test_a_new_key_is_told_and_not_shown(office, dead_account):
    path = f"/admin/streaming/account/{dead_account.pk}/change/"
    form = {"name": "Nobody", "provider": "heygen", "base_url": "http://127.0.0.1:9"}
    form |= {"seat_limit": "3", "priority": "0", "new_api_key": "sesame-open"}

    office.post(path, form)

    page = text(office.get(AUDIT))
    assert "The API key was replaced." in page
    assert "sesame" not in page
    assert "api_key" not in {f.name for f in Account.audit.model._meta.fields}


def test_changes_by_rest_and_by_verbs_are_in_the_audit(office, carol, alice, anna):
    otto = Persona.objects.create(name="Otto", visibility="public")
    otto.become_site_default()
    team = Team.found("Museum", alice)
    Membership.objects.create(team=team, user=carol)
    team.set_role(carol, Role.EDITOR)
    UserLimits.objects.create(user=alice, minutes_per_day=5)

    by_kind = {
        kind: office.get(AUDIT, {"kind": kind}).context["entries"]
        for kind in ("persona", "membership", "limits")
    }

    defaults = [
        (entry.subject, change.after)
        for entry in by_kind["persona"]
        for change in entry.changes
        if change.field == "Site default"
    ]
    assert defaults == [("Otto", "yes"), ("Anna", "no")]
    [role] = by_kind["membership"][0].changes
    assert (role.before, role.after) == ("Talker", "Editor")
    assert by_kind["limits"][0].subject == "alice"


def test_what_a_persona_says_is_no_audits_business(anna):
    before = anna.audit.count()

    anna.change(knowledge="I know where the key is.")

    assert anna.audit.count() == before


def test_groups_given_to_people_are_told(office, alice):
    sync_groups()
    alice.groups.set(Group.objects.filter(name=OPERATORS))

    [newest, *_] = office.get(AUDIT, {"kind": "person"}).context["entries"]

    assert [(one.field, one.after) for one in newest.changes] == [("Groups", OPERATORS)]


def test_signing_in_is_no_change(client, alice):
    before = alice.audit.count()

    client.login(username="alice", password="alice's long password")

    assert alice.audit.count() == before


def test_the_audit_is_filtered_by_person_and_day(office, carol, dead_account):
    office.post(f"/operate/accounts/{dead_account.pk}/drain")
    dead_account.refresh_from_db()
    dead_account.drain(False)  # nobody's doing: the system's
    tomorrow = (now() + timedelta(days=1)).date().isoformat()

    hers = office.get(AUDIT, {"person": "carol", "kind": "account"})
    later = office.get(AUDIT, {"since": tomorrow})
    nobody = office.get(AUDIT, {"person": "ghost"})
    turned = office.get(AUDIT, {"since": tomorrow, "until": "2020-01-01"})

    assert [entry.who for entry in hers.context["entries"]] == ["carol"]
    assert later.context["entries"] == []
    assert "Nobody is called “ghost” here." in text(nobody)
    assert "This is before the first day." in text(turned)


def test_the_audit_goes_on_over_pages(office, dead_account):
    for nth in range(60):
        dead_account.drain(nth % 2 == 0)

    first = office.get(AUDIT, {"kind": "account"}).context
    second = office.get(AUDIT + first["older"]).context

    assert len(first["entries"]) == 50
    assert len(second["entries"]) == 11
    assert (first["newer"], second["older"]) == ("", "")


def test_old_rows_are_pruned_by_the_documented_command(dead_account):
    dead_account.drain()
    dead_account.audit.update(history_date=now() - timedelta(days=400))
    dead_account.drain(False)

    call_command("clean_old_history", days=365, auto=True, verbosity=0)

    assert dead_account.audit.count() == 1


# Support -----------------------------------------------------------------------------------


def test_a_support_page_shows_how_somebody_fares(anna, alice):
    session = ended(alice, anna, EndReason.ICE_FAILED)
    session.record("ice.state", {"state": "failed"})
    ApiToken.objects.issue(user=alice, name="My robot", lasts=None)
    Persona.objects.create(name="Hers", owner=alice)
    UserLimits.objects.create(user=alice, minutes_per_day=5)
    operator = as_member_of(OPERATORS)

    page = text(operator.get(f"/operate/people/{alice.pk}/"))

    for shown in ("the media connection failed", "My robot", "Hers", "0 of 5 min"):
        assert shown in page, shown
    assert "ice.state" in page


def test_of_a_sessions_many_events_only_the_last_are_read(anna, alice):
    sessions = [ended(alice, anna, EndReason.VIEWER_LEFT) for _ in range(2)]
    for session in sessions:
        for number in range(EVENTS_SHOWN + 3):
            session.record("ice.state", {"state": f"state {number}"})
    loaded: list[SessionEvent] = []

    def note(instance: SessionEvent, **_: object) -> None:
        loaded.append(instance)

    post_init.connect(note, SessionEvent)
    try:
        page = as_member_of(OPERATORS).get(f"/operate/people/{alice.pk}/")
    finally:
        post_init.disconnect(note, SessionEvent)

    assert len(loaded) == 2 * EVENTS_SHOWN
    for row in page.context["sessions"]:
        last = row["session"].events.order_by("seq").values_list("seq", flat=True)
        assert [one.seq for one in row["events"]] == [*last][-EVENTS_SHOWN:]


def test_a_support_page_shows_nothing_of_what_was_said(anna, alice):
    session = ended(alice, anna, EndReason.VIEWER_LEFT)
    conversation = Conversation.objects.create(owner=alice, persona=anna)
    Turn.objects.create(
        conversation=conversation,
        session=session,
        number=1,
        prompt="a secret question",
        reply="a secret answer",
        ended_at=now(),
    )
    session.record("turn.finished", {"turn": 1, "reply": "a secret answer"})
    session.record("avatar.farewell", {"text": "a secret goodbye", "duration_s": 1.0})

    page = text(as_member_of(OPERATORS).get(f"/operate/people/{alice.pk}/"))
    in_admin = text(
        as_member_of(AUDITORS).get(f"/admin/streaming/session/{session.pk}/change/")
    )

    assert "turn.finished" in page
    assert "turn.finished" in in_admin
    assert "secret" not in page + in_admin


def test_every_look_is_in_the_audit(office, alice):
    operator = as_member_of(OPERATORS)

    operator.get(f"/operate/people/{alice.pk}/")

    [look] = office.get(AUDIT, {"kind": "done"}).context["entries"]
    assert (look.who, look.verb, look.subject) == (
        "operators",
        "looked at how they fare",
        "alice",
    )


def test_support_needs_its_permission(client, alice, bob):
    path = f"/operate/people/{alice.pk}/"

    assert client.get(path).status_code == 302
    client.force_login(bob)
    assert client.get(path).status_code == 403
    for group in ((), (EDITORS,), (AUDITORS,)):
        assert as_member_of(*group).get(path).status_code == 403
    assert as_member_of(OPERATORS).get("/operate/people/0/").status_code == 404


# Teams --------------------------------------------------------------------------------------


def rows(*members: tuple[User, str]) -> dict[str, object]:
    form: dict[str, object] = {
        "name": "Museum",
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": 0,
    }
    for nth, (user, role) in enumerate(members):
        form |= {f"memberships-{nth}-user": user.pk, f"memberships-{nth}-role": role}
    return form


def test_a_team_is_made_with_its_members(office, alice, bob):
    office.post("/admin/personas/team/add/", rows((alice, "owner"), (bob, "talker")))

    team = Team.objects.get()
    assert (team.role_of(alice), team.role_of(bob)) == (Role.OWNER, Role.TALKER)


def test_a_team_without_an_owner_is_refused(office, alice):
    page = office.post("/admin/personas/team/add/", rows((alice, "editor")))

    assert "A team needs an owner." in text(page)
    assert not Team.objects.exists()


def entered(office: Client, team: Team, **changes: object) -> dict[str, object]:
    """The team's form as it stands, with these of its rows changed."""
    page = office.get(f"/admin/personas/team/{team.pk}/change/")
    form = filled_in(page)
    rows = {
        member.user.username: nth
        for nth, member in enumerate(team.memberships.select_related("user"))
    }
    for name, value in changes.items():
        if value == "goes":
            form[f"memberships-{rows[name]}-DELETE"] = "on"
        else:
            form[f"memberships-{rows[name]}-role"] = value
    return form


def test_a_member_who_is_taken_out_takes_along_what_is_theirs(office, alice, bob):
    team = Team.found("Museum", alice)
    team.memberships.create(user=bob, role=Role.OWNER)
    theirs = Persona.objects.create(name="Bob's", owner=bob, team=team)
    Invitation.issue(team, Role.TALKER, bob)

    form = entered(office, team, bob="goes")
    office.post(f"/admin/personas/team/{team.pk}/change/", form)

    theirs.refresh_from_db()
    assert team.role_of(bob) is None
    assert theirs.team is None
    assert not team.open_invitations()


def test_a_team_is_handed_to_another_owner_in_one_go(office, alice, bob):
    team = Team.found("Museum", alice)
    team.memberships.create(user=bob, role=Role.TALKER)
    Invitation.issue(team, Role.TALKER, alice)

    form = entered(office, team, alice="editor", bob="owner")
    office.post(f"/admin/personas/team/{team.pk}/change/", form)

    assert (team.role_of(alice), team.role_of(bob)) == (Role.EDITOR, Role.OWNER)
    assert not team.open_invitations()


def test_a_last_owner_stays_also_when_the_form_could_not_know(
    office, alice, bob, monkeypatch
):
    team = Team.found("Museum", alice)
    team.memberships.create(user=bob, role=Role.TALKER)
    form = entered(office, team, alice="editor") | {"name": "Other"}
    monkeypatch.setattr(MemberFormSet, "clean", lambda _: None)

    path = f"/admin/personas/team/{team.pk}/change/"
    page = text(office.post(path, form, follow=True))

    team.refresh_from_db()
    assert "Make somebody else an owner first." in page
    assert (team.name, team.role_of(alice)) == ("Museum", Role.OWNER)


# Personas ------------------------------------------------------------------------------------


def test_archiving_asks_first_and_can_be_undone(office, anna):
    otto = Persona.objects.create(name="Otto", visibility="public")
    path = "/admin/personas/persona/"
    form = {"action": "archive", "_selected_action": [otto.pk, anna.pk]}

    asked = text(office.post(path, form))
    archived = Persona.objects.exclude(archived_at=None)
    assert "Archive these personas?" in asked
    assert not archived.all()

    done = text(office.post(path, form | {"post": "yes"}, follow=True))
    assert archived.get() == otto
    assert "1 archived." in done
    assert "Anna is the site default" in done

    office.post(path, {"action": "restore", "_selected_action": [otto.pk]})
    assert not archived.all()


def test_nobody_goes_on_talking_to_whom_staff_put_away(office, alice, anna):
    otto, ruth = (
        Persona.objects.create(name=name, visibility="public")
        for name in ("Otto", "Ruth")
    )
    sessions = [new_session(alice, otto), new_session(alice, ruth)]
    other = new_session(alice, anna)
    path = "/admin/personas/persona/"

    form = {"action": "archive", "_selected_action": [otto.pk], "post": "yes"}
    office.post(path, form)
    office.post(f"{path}{ruth.pk}/delete/", {"post": "yes"})

    assert not Persona.objects.filter(pk=ruth.pk).exists()
    for session in sessions:
        session.reread()
        assert session.end_reason == "persona_ended"
    other.reread()
    assert other.end_reason == ""
