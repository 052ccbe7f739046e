"""Teams: what each role sees and edits, that an owner stays, and invitations."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from personas.models import (
    Invitation,
    InvitationNotGood,
    LastOwner,
    Persona,
    Role,
    Team,
)


@pytest.fixture
def crew(alice: User) -> Team:
    """Alice's team."""
    return Team.found("Crew", alice)


@pytest.fixture
def shared(alice: User, crew: Team) -> Persona:
    """A private persona of Alice's that the crew shares."""
    return Persona.objects.create(name="Shared", owner=alice, team=crew)


def join(team: Team, user: User, role: Role) -> None:
    invitation, _ = Invitation.issue(team, role, team.members.all()[0])
    invitation.accept(user)


@pytest.mark.parametrize(
    ("role", "edits"),
    [(Role.OWNER, True), (Role.EDITOR, True), (Role.TALKER, False)],
)
def test_members_see_what_is_shared_and_edit_it_if_their_role_allows(
    crew, shared, bob, role, edits
):
    join(crew, bob, role)

    assert shared in Persona.objects.visible_to(bob)
    assert shared in Persona.objects.open_to(bob)
    assert (shared in Persona.objects.editable_by(bob)) is edits


def test_strangers_and_former_members_see_nothing(crew, shared, bob):
    assert shared not in Persona.objects.open_to(bob)
    join(crew, bob, Role.EDITOR)
    crew.remove(bob)

    assert shared not in Persona.objects.open_to(bob)
    assert shared not in Persona.objects.editable_by(bob)


def test_an_archived_persona_is_out_of_sight_but_its_editors_find_it(shared, alice):
    shared.change(archived_at=shared.created_at)

    assert shared not in Persona.objects.visible_to(alice)
    assert shared not in Persona.objects.open_to(alice)
    assert shared in Persona.objects.editable_by(alice)


def test_the_last_owner_cannot_leave_or_step_down(crew, alice, bob):
    join(crew, bob, Role.EDITOR)

    with pytest.raises(LastOwner):
        crew.remove(alice)
    with pytest.raises(LastOwner):
        crew.set_role(alice, Role.TALKER)

    assert crew.role_of(alice) == Role.OWNER
    crew.set_role(bob, Role.OWNER)
    crew.remove(alice)
    assert crew.role_of(alice) is None


def test_an_invitation_is_good_once(crew, bob, carol):
    _, secret = Invitation.issue(crew, Role.EDITOR, crew.members.all()[0])
    found = Invitation.objects.by_secret(secret)

    found.accept(bob)

    assert crew.role_of(bob) == Role.EDITOR
    with pytest.raises(InvitationNotGood):
        found.accept(carol)
    with pytest.raises(InvitationNotGood):
        Invitation.objects.by_secret(secret)
    assert crew.role_of(carol) is None


def test_a_member_who_opens_an_invitation_keeps_role_and_link(crew, alice):
    invitation, secret = Invitation.issue(crew, Role.TALKER, alice)

    invitation.accept(alice)

    assert crew.role_of(alice) == Role.OWNER
    assert Invitation.objects.by_secret(secret) == invitation


def test_an_old_or_unknown_invitation_is_not_good(crew, alice):
    _, secret = Invitation.issue(crew, Role.TALKER, alice, lasts=timedelta(0))

    for wrong in (secret, "never-issued"):
        with pytest.raises(InvitationNotGood):
            Invitation.objects.by_secret(wrong)


def test_the_secret_of_an_invitation_is_not_kept(crew, alice):
    invitation, secret = Invitation.issue(crew, Role.TALKER, alice)

    assert secret not in str(vars(invitation))
