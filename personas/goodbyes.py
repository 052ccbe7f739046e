"""What somebody without words of their own says when the time is up, by language."""

_ENGLISH = "Our time is up. It was good to talk with you. Goodbye!"
_BY_LANGUAGE = {
    "en": _ENGLISH,
    "de": "Unsere Zeit ist um. Es war schön, mit dir zu reden. Auf Wiedersehen!",
    "fr": "Le temps est écoulé. J’ai aimé parler avec vous. Au revoir\u00a0!",
    "es": "Se acabó el tiempo. Me ha gustado hablar contigo. ¡Adiós!",
    "it": "Il tempo è finito. È stato bello parlare con te. Arrivederci!",
    "pt": "O nosso tempo acabou. Foi bom falar consigo. Adeus!",
    "nl": "Onze tijd is om. Het was fijn om met je te praten. Tot ziens!",
    "sv": "Vår tid är slut. Det var trevligt att prata med dig. Hej då!",
    "da": "Vores tid er gået. Det var rart at tale med dig. Farvel!",
    "pl": "Nasz czas się skończył. Miło się rozmawiało. Do widzenia!",
}


def plain_goodbye(language: str) -> str:
    """In the language of a tag such as pt-br; in English where we have no words for it."""
    return _BY_LANGUAGE.get(language.lower().partition("-")[0], _ENGLISH)
