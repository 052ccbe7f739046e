"""What a new persona may start from, so that nobody meets an empty page."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str


@dataclass(frozen=True, slots=True)
class Start:
    """Texts are in the language of who begins; “%(name)s” is the persona's name."""

    key: str
    title: Text
    about: Text
    avatar_name: str
    texts: dict[str, Text] = field(default_factory=dict)
    lists: dict[str, tuple[Text, ...]] = field(default_factory=dict)


STARTS: tuple[Start, ...] = (
    Start(
        "guide",
        _("A guide"),
        _("Shows people around: a house, a museum, a product."),
        "june",
        {
            "title": _("your guide"),
            "greeting": _(
                "Hello, I am %(name)s. I know this place well. What would you like to see?"
            ),
            "farewell": _("It was a pleasure to show you around. Come back soon!"),
            "personality_style": _("Warm and unhurried, with an eye for small things."),
            "knowledge": _(
                "We are open every day from ten to six.\n\n"
                "The entrance is at the front, and the cloakroom is behind the stairs.\n\n"
                "Write here what your visitors ask about. One paragraph for each subject "
                "works best."
            ),
        },
        {"traits": (_("attentive"), _("patient"))},
    ),
    Start(
        "coach",
        _("A coach"),
        _("Helps people to learn or to practise something."),
        "marcus",
        {
            "title": _("your coach"),
            "greeting": _("Hi, I am %(name)s. What shall we practise today?"),
            "farewell": _("Well done. Until next time!"),
            "personality_style": _(
                "Encouraging and clear; asks one question at a time."
            ),
            "knowledge": _(
                "I help people to practise in small steps.\n\n"
                "Write here what the persona teaches, and what often goes wrong."
            ),
        },
        {"traits": (_("encouraging"), _("honest")), "personality_goals": ()},
    ),
    Start(
        "host",
        _("A host at the front desk"),
        _("Welcomes people and answers the usual questions."),
        "amara",
        {
            "title": _("at the front desk"),
            "greeting": _("Welcome! I am %(name)s. How can I help you?"),
            "farewell": _("Thank you for coming by. Goodbye!"),
            "personality_style": _("Friendly, brief and to the point."),
            "knowledge": _(
                "The office is open from nine to five, Monday to Friday.\n\n"
                "Write here what people ask at your desk, and what you answer."
            ),
        },
        {"traits": (_("friendly"), _("reliable"))},
    ),
    Start(
        "blank",
        _("An empty page"),
        _("Only the name; you write the rest."),
        "",
    ),
)


def start_content(key: str, name: str) -> dict[str, Any]:
    """A persona's first fields, in the reader's language."""
    [start] = [one for one in STARTS if one.key == key]
    content: dict[str, Any] = {"avatar_name": start.avatar_name}
    for field_name, text in start.texts.items():
        content[field_name] = str(text).replace("%(name)s", name)
    for field_name, items in start.lists.items():
        content[field_name] = [str(item) for item in items]
    return content
