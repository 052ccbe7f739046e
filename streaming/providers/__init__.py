"""The avatar services that the portal knows, one folder each."""

from typing import TYPE_CHECKING

from django.conf import settings

from streaming.providers.base import AvatarProvider
from streaming.providers.heygen import HeyGen

if TYPE_CHECKING:
    from streaming.models import Account


def provider_for(
    account: "Account", *, open_timeout_s: float | None = None
) -> AvatarProvider:
    """A closed client for `account`; enter it to use it."""
    return HeyGen(
        base_url=account.base_url,
        api_key=account.api_key,
        timeout_s=settings.UPSTREAM_TIMEOUT_S,
        open_timeout_s=open_timeout_s or settings.UPSTREAM_OPEN_TIMEOUT_S,
    )
