"""What can be wrong with a request for a persona."""

from collections.abc import Iterable

from django.utils.translation import gettext

from config.errors import DomainError


class PersonaNotFound(DomainError):
    """There is no such persona, or the caller may not know that there is."""

    code = "persona_not_found"
    status = 404


class NotYoursToCopy(DomainError):
    """The caller may talk to the persona, and no more than that."""

    code = "not_yours_to_copy"
    status = 403


class NotFitAsDefault(DomainError):
    """The persona cannot stand for the site as it is."""

    code = "not_fit_as_default"
    status = 409


class LastOwner(DomainError):
    """A team would be left without anybody who may choose its members."""

    code = "last_owner"
    status = 409


class InvitationNotGood(DomainError):
    """The invitation was used, withdrawn or has expired; or there never was one."""

    code = "invitation_not_good"
    status = 404


class NoDraft(DomainError):
    """There are no unpublished edits."""

    code = "no_draft"
    status = 409


class EditedMeanwhile(DomainError):
    """Somebody else has changed the same `fields` of a persona."""

    code = "edited_meanwhile"
    status = 409

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(gettext("Somebody else has changed the same fields."))
        self.fields = tuple(fields)
