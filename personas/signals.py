"""What other apps may want to know of personas, in the same process and transaction."""

from django.dispatch import Signal

#: A persona was copied: `original`, and `copy`, which has its exhibits already.
persona_copied = Signal()
