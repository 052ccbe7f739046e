"""The pages of teams, for each role, and how one comes in."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from personas.models import Invitation, Membership, Persona, Role, Team
from tests.frontend.accounts.conftest import Signed, join

LINK = re.compile(r"http://testserver(/invitations/[\w-]{20,}/)")


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


def invite(signed: Signed, owner: User, team: Team, role: str = "talker") -> str:
    """The path of the link that the owner is shown."""
    answer = signed(owner).post(f"/teams/{team.pk}/", {"role": role, "lasts_days": "7"})
    found = LINK.search(answer.content.decode())
    assert found
    return found[1]


# Founding and reading -----------------------------------------------------------------


def test_who_is_in_no_team_is_told_what_one_is_for(signed, alice):
    assert "You are in no team yet" in said(signed(alice).get("/teams/"))


def test_founding_a_team_makes_its_owner(signed, alice):
    answer = signed(alice).post("/teams/", {"name": "  Museum   guides "}, follow=True)

    assert "“Museum guides” is founded" in said(answer)
    assert Team.objects.get(name="Museum guides").role_of(alice) == Role.OWNER


def test_a_team_without_a_name_is_not_founded(signed, alice):
    answer = signed(alice).post("/teams/", {"name": " "})

    assert "This field is required" in said(answer)
    assert not Team.objects.exists()


def test_nobody_founds_teams_without_end(signed, alice, monkeypatch):
    monkeypatch.setattr("frontend.accounts.forms.TEAMS_MAX", 1)
    Team.found("First", alice)

    answer = signed(alice).post("/teams/", {"name": "Second"})

    assert "as many as one person may" in said(answer)
    assert Team.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.TALKER])
def test_members_see_the_team_and_what_it_shares(signed, crew, shared, bob, role):
    join(crew, bob, role)

    page = said(signed(bob).get(f"/teams/{crew.pk}/"))

    assert "Shared" in page
    assert ("Make a link" in page) is (role == Role.OWNER)
    assert ("Delete the team" in page) is (role == Role.OWNER)


def test_a_team_does_not_exist_for_strangers_and_staff(signed, crew, bob, carol):
    for person in (bob, carol):
        assert signed(person).get(f"/teams/{crew.pk}/").status_code == 404


# Who may do what ----------------------------------------------------------------------


def owners_actions(
    team: Team, member: User, invitation: Invitation
) -> list[tuple[str, dict[str, str]]]:
    base = f"/teams/{team.pk}"
    return [
        (f"{base}/", {"role": "owner", "lasts_days": "7"}),
        (f"{base}/rename", {"name": "Mine"}),
        (f"{base}/delete", {}),
        (f"{base}/members/{member.pk}/role", {"role": "talker"}),
        (f"{base}/members/{member.pk}/remove", {}),
        (f"{base}/invitations/{invitation.pk}/withdraw", {}),
    ]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.TALKER, None])
def test_what_is_an_owners_does_not_exist_for_others(signed, crew, alice, bob, role):
    if role:
        join(crew, bob, role)
    open_one, _ = Invitation.issue(crew, Role.TALKER, alice)
    browser = signed(bob)

    for path, data in owners_actions(crew, alice, open_one):
        assert browser.post(path, data).status_code == 404, path

    crew.refresh_from_db()
    assert crew.name == "Crew"
    assert crew.role_of(alice) == Role.OWNER
    assert [*crew.open_invitations()] == [open_one]


def test_strangers_to_the_site_are_sent_to_sign_in(client, crew, alice):
    open_one, _ = Invitation.issue(crew, Role.TALKER, alice)

    for path, data in owners_actions(crew, alice, open_one):
        answer = client.post(path, data)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/")


def test_an_owner_renames_and_gives_roles(signed, crew, alice, bob):
    join(crew, bob, Role.TALKER)
    browser = signed(alice)

    browser.post(f"/teams/{crew.pk}/rename", {"name": "Ensemble"})
    browser.post(f"/teams/{crew.pk}/members/{bob.pk}/role", {"role": "editor"})

    crew.refresh_from_db()
    assert crew.name == "Ensemble"
    assert crew.role_of(bob) == Role.EDITOR


def test_a_role_that_is_none_is_refused_in_words(signed, crew, alice, bob):
    join(crew, bob, Role.TALKER)

    path = f"/teams/{crew.pk}/members/{bob.pk}/role"
    answer = signed(alice).post(path, {"role": "king"}, follow=True)

    assert "Choose one of the roles" in said(answer)
    assert crew.role_of(bob) == Role.TALKER


def test_the_last_owner_is_told_why_they_cannot_go(signed, crew, alice):
    browser = signed(alice)

    left = browser.post(f"/teams/{crew.pk}/leave", follow=True)
    stepped = browser.post(
        f"/teams/{crew.pk}/members/{alice.pk}/role", {"role": "talker"}, follow=True
    )

    for answer in (left, stepped):
        assert "Make somebody else an owner first" in said(answer)
    assert crew.role_of(alice) == Role.OWNER


def test_who_leaves_takes_their_own_personas_along(signed, crew, shared, bob, alice):
    join(crew, bob, Role.EDITOR)
    theirs = Persona.objects.create(name="Bob's", owner=bob, team=crew)

    answer = signed(bob).post(f"/teams/{crew.pk}/leave", follow=True)

    assert "You have left" in said(answer)
    theirs.refresh_from_db()
    shared.refresh_from_db()
    assert theirs.team is None
    assert shared.team == crew
    assert theirs not in Persona.objects.open_to(alice)


def test_removing_a_member_twice_is_no_error(signed, crew, alice, bob):
    join(crew, bob, Role.EDITOR)
    browser = signed(alice)

    for _ in range(2):
        answer = browser.post(f"/teams/{crew.pk}/members/{bob.pk}/remove")
        assert answer["Location"] == f"/teams/{crew.pk}/"

    assert crew.role_of(bob) is None


def test_a_deleted_team_leaves_personas_with_their_owners(signed, crew, shared, alice):
    signed(alice).post(f"/teams/{crew.pk}/delete")

    shared.refresh_from_db()
    assert shared.team is None
    assert shared.owner == alice


# Invitations --------------------------------------------------------------------------


def test_the_link_is_shown_once(signed, crew, alice):
    path = invite(signed, alice, crew)

    again = signed(alice).get(f"/teams/{crew.pk}/").content.decode()

    assert path not in again
    assert "Withdraw" in again


def test_an_invitation_says_who_invites_to_what_and_as_what(
    signed, client, crew, alice
):
    alice.first_name, alice.last_name = "Alice", "Liddell"
    alice.save()
    path = invite(signed, alice, crew, "editor")

    page = said(client.get(path, follow=True))

    assert "Alice Liddell invites you to the team “Crew”" in page
    assert "Editor" in page
    assert path.split("/")[2] not in page


def test_an_invitation_waits_while_somebody_signs_up(signed, client, crew, alice):
    client.get(invite(signed, alice, crew, "editor"))

    answer = client.post(
        "/accounts/signup/?next=/invitations/",
        {
            "username": "nora",
            "password1": "a long and quiet evening",
            "password2": "a long and quiet evening",
            "next": "/invitations/",
        },
        follow=True,
    )
    assert "Join the team" in said(answer)
    client.post("/invitations/accept")

    assert crew.role_of(User.objects.get(username="nora")) == Role.EDITOR


def test_an_invitation_opens_a_site_that_takes_nobody_by_itself(
    signed, client, crew, alice, settings
):
    settings.SIGNUP_OPEN = False
    assert "By invitation only" in said(client.get("/accounts/signup/"))

    client.get(invite(signed, alice, crew))

    assert "By invitation only" not in said(client.get("/accounts/signup/"))
    crew.open_invitations().delete()
    assert "By invitation only" in said(client.get("/accounts/signup/"))


SIGN_UP = {
    "username": "nora",
    "password1": "a long and quiet evening",
    "password2": "a long and quiet evening",
}


@pytest.mark.parametrize("next_path", ["/invitations/", ""])
def test_one_invitation_lets_one_person_sign_up_where_nobody_else_may(
    signed, client, crew, alice, settings, next_path
):
    settings.SIGNUP_OPEN = False
    client.get(invite(signed, alice, crew, "editor"))

    form = {**SIGN_UP, "next": next_path}
    landed = client.post("/accounts/signup/", form, follow=True)

    assert landed.request["PATH_INFO"] == f"/teams/{crew.pk}/"
    assert "You are in the team “Crew”" in said(landed)
    assert crew.role_of(User.objects.get(username="nora")) == Role.EDITOR
    assert not crew.open_invitations()
    client.post("/accounts/logout/")
    client.post("/accounts/signup/", {**SIGN_UP, "username": "second"})
    assert "By invitation only" in said(client.get("/accounts/signup/"))
    assert not User.objects.filter(username="second").exists()


def test_two_who_sign_up_by_one_invitation_at_once_are_not_both_let_in(
    signed, client, crew, alice, bob, settings, monkeypatch
):
    settings.SIGNUP_OPEN = False
    client.get(invite(signed, alice, crew))
    accept = Invitation.accept

    def late(invitation: Invitation, user: User) -> Membership:
        accept(Invitation.objects.get(pk=invitation.pk), bob)
        return accept(invitation, user)

    monkeypatch.setattr(Invitation, "accept", late)
    answer = client.post("/accounts/signup/", SIGN_UP, follow=True)

    assert "By invitation only" in said(answer)
    assert not User.objects.filter(username="nora").exists()


def test_an_invitation_waits_while_somebody_signs_in(signed, client, crew, alice, bob):
    client.get(invite(signed, alice, crew))
    client.post(
        "/accounts/login/",
        {
            "login": "bob",
            "password": "bob's long password",
            "next": "/invitations/",
        },
    )

    answer = client.post("/invitations/accept", follow=True)

    assert "You are in the team “Crew”" in said(answer)
    assert crew.role_of(bob) == Role.TALKER


def test_a_link_that_was_used_says_so(signed, crew, alice, bob, carol):
    path = invite(signed, alice, crew)
    for person in (bob, carol):
        browser = signed(person)
        browser.get(path)
        browser.post("/invitations/accept")

    answer = signed(carol).get(path)

    assert answer.status_code == 404
    assert "does not open anything" in said(answer)
    assert crew.role_of(bob) == Role.TALKER
    assert crew.role_of(carol) is None


def test_a_withdrawn_invitation_lets_nobody_in(signed, crew, alice, bob):
    path = invite(signed, alice, crew)
    browser = signed(bob)
    browser.get(path)
    [open_one] = crew.open_invitations()
    signed(alice).post(f"/teams/{crew.pk}/invitations/{open_one.pk}/withdraw")

    assert browser.post("/invitations/accept").status_code == 404
    assert crew.role_of(bob) is None


def test_invitations_end_with_the_ownership_of_who_made_them(signed, crew, alice, bob):
    join(crew, bob, Role.OWNER)
    invite(signed, bob, crew)
    invite(signed, alice, crew)

    crew.set_role(bob, Role.EDITOR)

    [left] = crew.open_invitations()
    assert left.invited_by == alice


def test_accepting_needs_an_account_and_an_opened_link(signed, client, bob):
    assert client.post("/invitations/accept")["Location"].startswith("/accounts/login/")
    assert signed(bob).post("/invitations/accept").status_code == 404
    assert client.get("/invitations/").status_code == 404


def test_invitations_do_not_pile_up(signed, crew, alice, monkeypatch):
    monkeypatch.setattr("frontend.accounts.forms.OPEN_INVITATIONS_MAX", 1)
    invite(signed, alice, crew)

    answer = signed(alice).post(
        f"/teams/{crew.pk}/", {"role": "talker", "lasts_days": "7"}
    )

    assert "Withdraw one of them" in said(answer)
    assert crew.open_invitations().count() == 1


# Sharing a persona --------------------------------------------------------------------


def test_an_owner_shares_a_persona_with_their_team(signed, crew, alice, bob):
    mine = Persona.objects.create(name="Mine", owner=alice)
    join(crew, bob, Role.TALKER)

    signed(alice).post(
        f"/personas/{mine.slug}/share", {"visibility": "private", "team": crew.pk}
    )

    assert mine in Persona.objects.visible_to(bob)
    signed(alice).post(
        f"/personas/{mine.slug}/share", {"visibility": "unlisted", "team": ""}
    )
    mine.refresh_from_db()
    assert (mine.team, mine.visibility) == (None, "unlisted")


def test_a_team_shares_more_than_one_persona(signed, crew, shared, alice):
    other = Persona.objects.create(name="Other", owner=alice, team=crew)

    for persona in (other, shared):
        path = f"/personas/{persona.slug}/share"
        answer = signed(alice).post(path, {"visibility": "unlisted", "team": crew.pk})
        persona.refresh_from_db()
        assert answer.status_code == 302
        assert (persona.visibility, persona.team) == ("unlisted", crew)


def test_a_persona_is_not_shared_with_a_team_one_does_not_edit_for(
    signed, crew, alice, bob
):
    mine = Persona.objects.create(name="Mine", owner=bob)
    browser = signed(bob)

    for role in (None, Role.TALKER):
        if role:
            join(crew, bob, role)
        path = f"/personas/{mine.slug}/share"
        answer = browser.post(path, {"visibility": "private", "team": crew.pk})
        assert "Select a valid choice" in said(answer)

    mine.refresh_from_db()
    assert mine.team is None


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.TALKER, None])
def test_only_its_owner_says_who_hears_a_persona(signed, crew, shared, bob, role):
    if role:
        join(crew, bob, role)
    path = f"/personas/{shared.slug}/share"

    assert signed(bob).get(path).status_code == 404
    assert signed(bob).post(path, {"visibility": "public"}).status_code == 404


def test_staff_find_no_share_page_for_others_personas(signed, shared, carol):
    assert signed(carol).get(f"/personas/{shared.slug}/share").status_code == 404


# Editing through REST -----------------------------------------------------------------


def test_programs_of_editors_change_what_is_shared(signed, crew, shared, bob):
    join(crew, bob, Role.EDITOR)
    browser = signed(bob)
    browser.post(f"/personas/{shared.slug}/use")

    answer = browser.post(
        "/persona", {"title": "guide"}, content_type="application/json"
    )

    assert answer.json()["persona"]["title"] == "guide"
    shared.refresh_from_db()
    assert shared.title == "guide"
    assert not Persona.objects.filter(owner=bob).exists()


def test_programs_of_staff_change_a_copy(signed, shared, carol):
    shared.change(visibility="public")
    browser = signed(carol)
    browser.post(f"/personas/{shared.slug}/use")

    browser.post("/persona", {"title": "guide"}, content_type="application/json")

    shared.refresh_from_db()
    assert shared.title == ""
    assert Persona.objects.get(owner=carol).title == "guide"


def test_programs_of_who_is_out_of_the_team_talk_to_the_sites_persona(
    signed, crew, shared, bob, anna
):
    join(crew, bob, Role.EDITOR)
    browser: Client = signed(bob)
    browser.post(f"/personas/{shared.slug}/use")
    crew.remove(bob)

    answer = browser.post("/persona", {"title": "x"}, content_type="application/json")

    assert answer.json()["persona"]["name"] == "Anna"
    shared.refresh_from_db()
    assert shared.title == ""


def test_an_expired_invitation_is_not_listed(signed, crew, alice):
    invitation, _ = Invitation.issue(crew, Role.TALKER, alice)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now())

    assert "No invitation waits" in said(signed(alice).get(f"/teams/{crew.pk}/"))
