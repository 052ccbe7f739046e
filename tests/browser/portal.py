"""Where the portal's processes used to be described; see `tests.portal`."""

from tests.portal import SEATS, Portal, start_portal

__all__ = ["SEATS", "Portal", "start_portal"]
