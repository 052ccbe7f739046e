"""Names of what staff may do beyond changing rows; the models give their words."""

DRAIN = "streaming.drain_account"
READ_AUDIT = "streaming.read_audit"
MAY_SUPPORT = "streaming.support_people"
