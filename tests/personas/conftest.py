"""Two personas beside the common cast: Iris, the site's own, and Nora, who is Alice's."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from personas.models import Persona, make_current


@pytest.fixture
def iris(db) -> Persona:
    """The site default: public, and with every part of a profile filled in."""
    return Persona.objects.create(
        name="Iris",
        title="botanist",
        education_degree="PhD in botany",
        education_year="2009",
        education_institution="University of Leiden",
        technical_languages=["R", "Python"],
        technical_web_stack=["Django", "HTML"],
        technical_projects=["a herbarium for phones", "moss map"],
        personality_style="dry and precise",
        personality_interests=["mosses", "fog"],
        personality_goals=["name a new species"],
        traits=["patient", "exact"],
        greeting="Mind the ferns.",
        knowledge="Mosses have no roots.\n\nThey drink through their leaves.",
        visibility=Persona.Visibility.PUBLIC,
        is_default=True,
    )


@pytest.fixture
def nora(alice) -> Persona:
    """Alice's private persona, which she talks to now."""
    persona = Persona.objects.create(
        name="Nora",
        title="chess coach",
        education_degree="BA in history",
        education_year="1999",
        traits=["blunt"],
        owner=alice,
    )
    make_current(alice, persona)
    return persona


def api_of(user: User | None) -> APIClient:
    """A client of the REST API that `user` has signed in with."""
    client = APIClient()
    if user is not None:
        client.force_login(user)
    return client
