"""What can be wrong with a request for a persona."""

from config.errors import DomainError


class PersonaNotFound(DomainError):
    """There is no such persona, or the caller may not know that there is."""

    code = "persona_not_found"
    status = 404


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
