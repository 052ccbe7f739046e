"""Signing in with an account from elsewhere: which providers the environment sets up.

Read by the settings, so nothing of Django's is imported here.
"""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env


def social_providers(env: Env) -> dict[str, dict[str, Any]]:
    """django-allauth's `SOCIALACCOUNT_PROVIDERS`: each is on only with an id and a secret.

    Raises `ImproperlyConfigured` when one is half set up, which would look like a
    provider that nobody wanted.
    """
    found = {
        "google": _google(env),
        "github": _github(env),
        "openid_connect": _openid_connect(env),
    }
    return {name: settings for name, settings in found.items() if settings}


def social_origins(env: Env) -> list[str]:
    """Where the forms that sign in with these providers lead."""
    origins = {
        "google": ["https://accounts.google.com"],
        "github": ["https://github.com"],
        "openid_connect": [
            _origin(env.str("SOCIAL_OIDC_SERVER_URL", default="")),
            *env.list("SOCIAL_OIDC_ORIGINS", default=[]),  # if it asks elsewhere
        ],
    }
    return [one for name in social_providers(env) for one in origins[name]]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _google(env: Env) -> dict[str, Any] | None:
    app = _app(env, "SOCIAL_GOOGLE")
    return app and {"APPS": [app], "SCOPE": ["profile", "email"]}


def _github(env: Env) -> dict[str, Any] | None:
    app = _app(env, "SOCIAL_GITHUB")
    return app and {"APPS": [app], "SCOPE": ["read:user", "user:email"]}


def _openid_connect(env: Env) -> dict[str, Any] | None:
    """Any server that has `/.well-known/openid-configuration` below its address."""
    app = _app(env, "SOCIAL_OIDC", "SERVER_URL")
    if app is None:
        return None
    return {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            app
            | {
                "provider_id": "oidc",
                "name": env.str("SOCIAL_OIDC_NAME", default="OpenID Connect"),
                "settings": {
                    "server_url": env.str("SOCIAL_OIDC_SERVER_URL").rstrip("/")
                },
            }
        ],
    }


def _app(env: Env, prefix: str, *more: str) -> dict[str, Any] | None:
    names = [f"{prefix}_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", *more)]
    given = {name: env.str(name, default="") for name in names}
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise ImproperlyConfigured(
            f"{prefix}_… is set up in part: {', '.join(missing)} is missing."
        )
    client_id, secret = names[:2]
    return {"client_id": given[client_id], "secret": given[secret]}
