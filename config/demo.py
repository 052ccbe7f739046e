"""The one user of a local demo, and the link that signs them in once.

There is no known password. The link holds for one use and one hour: using it changes
`last_login`, which is part of what the token signs.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int
from django.utils.timezone import now

DEMO_USERNAME = "demo"
LINK_LASTS_S = 3600


class _SignInTokens(PasswordResetTokenGenerator):
    key_salt = "config.demo.sign-in"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made_at_s = base36_to_int((token or "").split("-")[0])
        now_s: int = self._num_seconds(self._now())
        return now_s - made_at_s <= LINK_LASTS_S


_tokens = _SignInTokens()


def demo_user() -> User:
    """The demo's user: may do everything, cannot sign in with a password."""
    user, made = User.objects.get_or_create(
        username=DEMO_USERNAME, defaults={"is_staff": True, "is_superuser": True}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def sign_in_link() -> str:
    """A path that signs the demo user in, once, within an hour."""
    return reverse("demo_sign_in", kwargs={"token": _tokens.make_token(demo_user())})


def redeem(token: str) -> User | None:
    """The demo user if `token` is good, and this is a demo at all."""
    if settings.PRODUCTION:
        return None
    user = demo_user()
    if not _tokens.check_token(user, token):
        return None
    # Two at once with the same link: the database lets one of them change the row.
    unused = User.objects.filter(pk=user.pk, last_login=user.last_login)
    return user if unused.update(last_login=now()) else None
