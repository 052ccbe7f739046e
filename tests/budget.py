"""How many examples a test with random ones tries."""

from hypothesis import settings

IS_NIGHTLY = settings.get_current_profile_name() == "nightly"


def examples(usual: int) -> int:
    """The usual number in every run; as many as the profile says in the nightly one."""
    return settings().max_examples if IS_NIGHTLY else usual
