"""What other apps may want to know of a session while it happens, in the same process."""

from django.dispatch import Signal

#: The avatar was told to be silent, or its session has ended. Sent with `session`, `at`
#: (when), and `before_turn`: the number of the turn that has interrupted all before it,
#: or None when whatever was said is over.
avatar_silenced = Signal()

#: Another persona has taken the stage of a session; sent with `session`.
persona_swapped = Signal()
