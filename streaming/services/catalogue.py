"""What an account offers: avatars, voices, how one sounds; and whether it answers at all."""

from streaming.errors import NoAccounts
from streaming.models import Account
from streaming.providers import provider_for
from streaming.providers.base import AvatarInfo, StreamWish, VoiceInfo, VoiceSample


async def avatars() -> list[AvatarInfo]:
    """What the first account in use offers. Raises `ProviderError`."""
    async with provider_for(await _first_account()) as provider:
        return await provider.avatars()


async def voices() -> list[VoiceInfo]:
    async with provider_for(await _first_account()) as provider:
        return await provider.voices()


async def voice_sample(wish: StreamWish, text: str) -> VoiceSample:
    """How the first account in use would say `text`. Raises `ProviderError`."""
    async with provider_for(await _first_account()) as provider:
        return await provider.sample(wish, text)


async def count_upstream(account: Account) -> int:
    """How many sessions the service has for this account. Raises `ProviderError`."""
    async with provider_for(account) as provider:
        return len(await provider.sessions())


async def _first_account() -> Account:
    account = await Account.objects.filter(is_enabled=True).afirst()
    if account is None:
        raise NoAccounts("No avatar account is switched on.")
    return account
