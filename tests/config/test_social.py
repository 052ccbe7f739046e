"""Which ways to sign in from elsewhere the environment opens."""

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.social import social_origins, social_providers

GOOGLE = {"SOCIAL_GOOGLE_CLIENT_ID": "id", "SOCIAL_GOOGLE_CLIENT_SECRET": "hidden"}
GITHUB = {"SOCIAL_GITHUB_CLIENT_ID": "id", "SOCIAL_GITHUB_CLIENT_SECRET": "hidden"}
OIDC = {
    "SOCIAL_OIDC_CLIENT_ID": "id",
    "SOCIAL_OIDC_CLIENT_SECRET": "hidden",
    "SOCIAL_OIDC_SERVER_URL": "https://login.example/realms/one",
}


def env(**variables: str) -> environ.Env:
    class Fixed(environ.Env):  # type: ignore[misc]
        ENVIRON = variables

    return Fixed()


def test_without_a_word_there_is_none():
    assert social_providers(env()) == {}
    assert social_origins(env()) == []


@pytest.mark.parametrize(
    ("variables", "name", "origin"),
    [
        (GOOGLE, "google", "https://accounts.google.com"),
        (GITHUB, "github", "https://github.com"),
        (OIDC, "openid_connect", "https://login.example"),
    ],
    ids=["google", "github", "openid connect"],
)
def test_each_is_on_with_id_and_secret_alone(variables, name, origin):
    assert list(social_providers(env(**variables))) == [name]
    assert social_origins(env(**variables)) == [origin]


@pytest.mark.parametrize("missing", [*GOOGLE, *GITHUB, *OIDC])
def test_what_is_set_up_in_part_is_refused_by_name(missing):
    given = {
        name: value
        for name, value in (GOOGLE | GITHUB | OIDC).items()
        if name != missing
    }

    with pytest.raises(ImproperlyConfigured, match=missing):
        social_providers(env(**given))


def test_a_server_that_asks_elsewhere_is_led_to_as_well():
    more = {"SOCIAL_OIDC_ORIGINS": "https://sso.example"}

    assert social_origins(env(**OIDC, **more)) == [
        "https://login.example",
        "https://sso.example",
    ]
