"""What people are called in pages."""

from django.contrib.auth.models import User


def full_name(user: User) -> str:
    """The name that somebody has given themselves, or the one they sign in with."""
    return user.get_full_name() or user.get_username()
