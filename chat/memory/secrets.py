"""What is never noted by itself, as far as its looks give it away.

A filter by patterns keeps out the common forms and no more: a secret in plain words
passes, which is why its owner sees every fact and can delete it.
"""

import re

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[^\s@]+@[^\s@]+\.\w{2,}",  # an e-mail address
        r"\d(?:[\s./()-]{0,2}\d){6,}",  # a card, telephone, account or identity number
        r"\b[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,}",  # an IBAN
        r"\b(?=\w*\d)(?=\w*[a-z])[\w-]{20,}",  # a key or token
        r"\b(pass-?(word|code|phrase|wort)|passwd|kennwort|mot de passe|contraseña|"
        r"parola d'ordine|senha|wachtwoord|lösenord|hasło)\b",
        r"\b(pin|tan|cvv|cvc|ssn|iban)\b",
        r"\b(api|access|secret|private)[ -]?key\b",
        r"\bsocial security\b",
        r"\b(credit|debit) card\b",
    )
)


def looks_secret(text: str) -> bool:
    """Whether `text` seems to hold an address, a number or a password."""
    return any(pattern.search(text) for pattern in _PATTERNS)
