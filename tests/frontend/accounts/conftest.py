"""People in a team, and their browsers."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from personas.models import Invitation, Persona, Role, Team

Signed = Callable[[User], Client]


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


@pytest.fixture
def signed() -> Signed:
    """A browser in which somebody is signed in."""

    def sign(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign
