"""A small extractive responder: answers from the persona's own facts, and invents nothing."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import ClassVar, Protocol

from chat.minds.base import Message, Tool
from chat.minds.passages import Library, knowledge, passages
from chat.minds.phrasebooks import ENGLISH, PHRASEBOOKS, Act, Phrasebook, Topic

MAX_SENTENCES = 3  # about fifteen seconds of speech
_OFFERS_AT_ONCE = 3


class Facts(Protocol):
    """What of a persona the responder reads."""

    name: str
    title: str
    education_degree: str
    education_year: str
    education_institution: str
    technical_languages: list[str]
    technical_web_stack: list[str]
    technical_projects: list[str]
    personality_style: str
    personality_interests: list[str]
    personality_goals: list[str]
    traits: list[str]
    greeting: str
    knowledge: str
    language: str


class OfflineMind:
    """Answers one persona's visitors, the same question always in the same way.

    It remembers nothing itself: what "tell me more" goes on from is in the messages.
    """

    writes_slowly: ClassVar[bool] = False
    knows_tools: ClassVar[bool] = False

    def __init__(self, persona: Facts) -> None:
        self._persona = persona
        code = persona.language.split("-")[0].lower()
        self._book = PHRASEBOOKS.get(code, ENGLISH)
        self._known = passages(persona, PHRASEBOOKS.get(code))
        self._library = Library(self._known, self._book)

    async def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool] = ()
    ) -> AsyncGenerator[str, None]:
        """Stream the answer to the last message word by word; it knows no tools."""
        for word in re.findall(r"\S+\s*", self.answer(messages)):
            yield word
            await asyncio.sleep(0)

    def answer(self, messages: Sequence[Message]) -> str:
        """The answer to the last of `messages`, in one to a few sentences."""
        asked = [m.text for m in messages if m.role == "user"]
        said = [m.text for m in messages if m.role == "assistant"]
        question = asked[-1] if asked else ""
        self._read(messages)
        acts, rest = _acts(question, self._book)
        found = self._find(rest, asked[:-1])
        if found:
            return found
        for act in acts:
            return self._perform(act, said, turn=len(asked))
        return f"{self._book.unknown} {self._offer(len(asked))}".strip()

    def _read(self, messages: Sequence[Message]) -> None:
        """What was looked up for the question is as good as what it knows by itself."""
        quoted = (source.text for message in messages for source in message.sources)
        found = [passage for text in quoted for passage in knowledge(text)]
        self._library = Library([*self._known, *found], self._book)

    def _find(self, question: str, before: Sequence[str]) -> str:
        """The facts that fit, or an empty string. "It" may mean what was asked before."""
        terms = self._library.terms(question)
        if set(terms) & self._library.names(self._persona.name):
            terms = [
                t for t in terms if t not in self._library.names(self._persona.name)
            ]
            if not terms and "?" in question:
                return self._introduction()
        if not terms:
            return ""
        passage = None
        if before and self._points_back(question):
            context = self._library.terms(before[-1])
            passage = self._library.best(terms, context=context)
        passage = passage or self._library.best(terms)
        if passage is None:
            return ""
        return " ".join(self._library.excerpt(passage, terms, MAX_SENTENCES))

    def _points_back(self, question: str) -> bool:
        return bool(set(re.findall(r"\w+", question.lower())) & self._book.pronouns)

    # What is not a question about facts ------------------------------------------------

    def _perform(self, act: Act, said: Sequence[str], *, turn: int) -> str:
        match act:
            case Act.HELLO:
                return self._hello(said, turn)
            case Act.HOW:
                return f"{self._book.how_i_am} {self._offer(turn)}".strip()
            case Act.WHO:
                return self._introduction()
            case Act.MORE:
                return self._more(said, turn)
            case Act.ABLE:
                return self._offer(turn) or self._introduction()
            case Act.HUMAN:
                return f"{self._book.human} {self._offer(turn)}".strip()
            case Act.THANKS:
                return self._book.thanks
            case Act.BYE:
                return self._book.bye
            case Act.NO:
                return f"{self._book.no} {self._offer(turn)}".strip()

    def _hello(self, said: Sequence[str], turn: int) -> str:
        greeting = self._persona.greeting.strip()
        if greeting and not any(greeting in text for text in said):
            return greeting
        hello = self._book.hello.format(self._introduction())
        return f"{hello} {self._offer(turn)}".strip()

    def _introduction(self) -> str:
        about = self._library.about(Topic.WHO) or [self._persona.name]
        about = about[:1] + self._library.about(Topic.TRAITS)[:1]
        return " ".join(about)

    def _more(self, said: Sequence[str], turn: int) -> str:
        """Go on where the last answer stopped, without saying anything twice."""
        told = " ".join(said)
        last = self._library.source(said[-1]) if said else None
        if last is None:
            return self._offer(turn) or self._introduction()
        unsaid = [s for s in last.sentences if s not in told]
        related = self._library.related(last)
        unsaid = unsaid or [s for p in related for s in p.sentences if s not in told]
        if unsaid:
            return " ".join(unsaid[:MAX_SENTENCES])
        return f"{self._book.no_more} {self._offer(turn)}".strip()

    def _offer(self, turn: int) -> str:
        """Some of what it can talk about; others the next time."""
        subjects = list(self._subjects())
        if not subjects:
            return ""
        start = (turn - 1) * _OFFERS_AT_ONCE % len(subjects)
        chosen = (subjects + subjects)[start : start + min(3, len(subjects))]
        return self._book.offer.format(_joined(chosen, self._book.and_))

    def _subjects(self) -> Iterator[str]:
        labels = [
            self._book.label[passage.topic]
            for passage in self._library.passages
            if passage.topic in self._book.label
        ]
        keywords = self._library.keywords()
        for at in range(max(len(labels), len(keywords))):
            yield from labels[at : at + 1]
            yield from keywords[2 * at : 2 * at + 2]


def _acts(question: str, book: Phrasebook) -> tuple[list[Act], str]:
    """What the question does besides asking, and what is left of it to look up."""
    rest = question.lower().replace("’", "'")
    acts = []
    for act in Act:
        heard = book.heard[act]
        if heard.search(rest):
            acts.append(act)
            rest = heard.sub(" ", rest)
    return acts, rest


def _joined(parts: Sequence[str], and_: str) -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {and_} {parts[-1]}"
