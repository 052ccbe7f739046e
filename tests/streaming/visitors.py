"""Visitors of other sites as rows, without the checks of whoever lets them in."""

from django.contrib.auth.models import User

from streaming.models import EmbedKey, Visitor


def visitor_of(key: EmbedKey) -> User:
    """Somebody new who came by the key, whatever it is good for now."""
    number = Visitor.objects.count() + 1
    user = User.objects.create_user(f"visitor-{key.pk}-{number}", is_active=False)
    Visitor.objects.create(
        user=user, key=key, origin=key.origins[0], address_digest="somewhere"
    )
    return user
