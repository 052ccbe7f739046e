"""Accounts that the settings describe, so that a fresh checkout has one to talk with."""

from django.conf import settings

from streaming.models import Account

LOCAL_NAME = "Local engine"
HEYGEN_NAME = "HeyGen cloud"


def sync_accounts() -> list[Account]:
    """Create or update the accounts of the settings; safe to repeat.

    What staff may have changed in the admin (priority, on or off) is left alone.
    """
    wanted = []
    if settings.HEYGEN_API_KEY:
        wanted.append(
            _sync(
                HEYGEN_NAME,
                base_url=settings.HEYGEN_BASE_URL,
                api_key=settings.HEYGEN_API_KEY,
                seat_limit=settings.HEYGEN_SEATS,
                priority=-10,  # whoever gives a cloud's key wants to see its avatars
            )
        )
    if settings.ENGINE_API_KEY:
        wanted.append(
            _sync(
                LOCAL_NAME,
                base_url=settings.ENGINE_URL,
                api_key=settings.ENGINE_API_KEY,
                seat_limit=settings.ENGINE_SEATS,
                priority=0,
                is_exclusive=settings.ENGINE_EXCLUSIVE,
            )
        )
    return wanted


def _sync(
    name: str, *, base_url: str, api_key: str, seat_limit: int, **at_first: object
) -> Account:
    """`at_first` is for a new account; later it is for staff to say."""
    given = {"base_url": base_url, "api_key": api_key, "seat_limit": seat_limit}
    account, made = Account.objects.get_or_create(
        name=name, defaults={**given, **at_first}
    )
    if not made:
        for field, value in given.items():
            setattr(account, field, value)
        account.save(update_fields=list(given))
    return account
