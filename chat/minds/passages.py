"""A persona's facts as passages in the first person, and finding the one that fits."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.minds.phrasebooks import Phrasebook, Topic
from chat.sentences import Splitter

if TYPE_CHECKING:
    from chat.minds.offline import Facts

#: How much of the question's weight a passage must cover to count as an answer to it.
MIN_COVERAGE = 0.4
_WEAK = 0.3

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_FUNCTION_CHARS = re.compile(
    "[的了吗呢吧啊是在和与你我他她它们什么怎哪谁はがをにのかですまとも]+"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences that belong together."""

    topic: Topic
    sentences: tuple[str, ...]


def passages(persona: "Facts", book: Phrasebook | None) -> list[Passage]:
    """All that the persona knows, profile first.

    Without a phrasebook of its language the profile's values stand for themselves,
    because sentences in another language around them would not be its own.
    """
    return [*_profile(persona, book), *knowledge(persona.knowledge)]


def _profile(persona: "Facts", book: Phrasebook | None) -> Iterator[Passage]:
    and_ = f" {book.and_} " if book else ", "
    education = (
        persona.education_degree,
        persona.education_year,
        persona.education_institution,
    )
    values: dict[Topic, list[str]] = {
        Topic.WHO: [_commas([persona.name, persona.title])],
        Topic.EDUCATION: [_commas(education)],
        Topic.LANGUAGES: [_listed(persona.technical_languages, and_)],
        Topic.WEB: [_listed(persona.technical_web_stack, and_)],
        Topic.PROJECTS: list(persona.technical_projects),
        Topic.INTERESTS: [_listed(persona.personality_interests, and_)],
        Topic.GOALS: list(persona.personality_goals),
        Topic.TRAITS: [_listed(persona.traits, and_)],
        Topic.STYLE: [persona.personality_style],
    }
    for topic, texts in values.items():
        texts = [text for text in texts if text.strip()]
        said = tuple(_sentence(topic, t, book, n > 0) for n, t in enumerate(texts))
        if said:
            yield Passage(topic, said)


def _sentence(topic: Topic, text: str, book: Phrasebook | None, further: bool) -> str:
    text = " ".join(text.split()).rstrip(".。") or text
    if not book:
        return f"{text}."
    return (book.another if further else book.sentence[topic]).format(text)


def _commas(parts: Sequence[str]) -> str:
    return ", ".join(part.strip() for part in parts if part.strip())


def _listed(parts: Sequence[str], and_: str) -> str:
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{and_}{parts[-1]}"


def knowledge(text: str) -> Iterator[Passage]:
    """The paragraphs of a text."""
    for paragraph in re.split(r"\n\s*\n", text):
        splitter = Splitter(max_chars=1000)
        found = (*splitter.feed(" ".join(paragraph.split())), *splitter.flush())
        if found:
            yield Passage(Topic.KNOWLEDGE, found)


class Library:
    """Passages that can be searched by what a question is about.

    Words count by how rare they are (BM25). A passage answers only when it covers enough
    of the question's weight: one common word in common is no answer.
    """

    def __init__(self, found: Sequence[Passage], book: Phrasebook) -> None:
        self.passages = list(found)
        self._book = book
        self._weak = {self._stem(word) for word in book.weak_words}
        self._same = self._synonyms()
        self._counts = [self._counted(passage) for passage in self.passages]
        self._spread = Counter(term for counts in self._counts for term in counts)
        lengths = [sum(counts.values()) for counts in self._counts]
        self._usual_length = sum(lengths) / max(1, len(lengths)) or 1.0

    # Words ---------------------------------------------------------------------------

    def terms(self, text: str) -> list[str]:
        """What a text is about: stems of its words, without those that say nothing."""
        found = []
        for word in _WORD.findall(text.lower().replace("’", "'")):
            if _NO_SPACES.search(word):
                found += _bigrams(word)
            elif word not in self._book.stop_words:
                found.append(self._stem(word))
        return found

    def names(self, name: str) -> set[str]:
        return set(self.terms(name))

    def _stem(self, word: str) -> str:
        """The word without its ending, lightly; what counts is that forms come together."""
        for suffix in self._book.suffixes:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word = word[: -len(suffix)] + ("i" if suffix in ("ies", "ied") else "")
                break
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
            word = word[:-1]
        if len(word) > 3 and word.endswith("y"):
            word = word[:-1] + "i"
        decomposed = unicodedata.normalize("NFKD", word)
        return "".join(c for c in decomposed if not unicodedata.combining(c)) or word

    def _synonyms(self) -> dict[str, set[str]]:
        same: dict[str, set[str]] = {}
        for group in self._book.same:
            stems = {self._stem(word) for word in group.split()}
            for stem in stems:
                same[stem] = same.get(stem, set()) | stems
        return same

    def _counted(self, passage: Passage) -> Counter[str]:
        counts = Counter(self.terms(" ".join(passage.sentences)))
        for word in self._book.asked_as.get(passage.topic, "").split():
            counts[self._stem(word)] += 2
        return counts

    # Finding ---------------------------------------------------------------------------

    def best(
        self, terms: Sequence[str], *, context: Sequence[str] = ()
    ) -> Passage | None:
        """The passage that fits best, or None when none covers enough of the question.

        With a context, what was asked before, a passage must fit both.
        """
        asked, terms = set(terms), [*terms, *context]
        wanted = {term: self._weight(term) for term in terms}
        total = sum(wanted.values())
        best, best_score = None, 0.0
        for passage, counts in zip(self.passages, self._counts, strict=True):
            covered = sum(w for t, w in wanted.items() if self._in(t, counts))
            if covered < MIN_COVERAGE * total:
                continue
            if not any(self._in(term, counts) for term in asked):
                continue
            score = sum(w * self._use(t, counts) for t, w in wanted.items())
            score *= self._opening_bonus(passage, wanted)
            if score > best_score:
                best, best_score = passage, score
        return best

    def _weight(self, term: str) -> float:
        forms = self._same.get(term, {term})
        spread = max(self._spread[form] for form in forms)
        rarity = math.log((len(self.passages) + 1) / (spread + 0.5))
        return max(0.1, rarity) * (_WEAK if term in self._weak else 1.0)

    def _in(self, term: str, counts: Counter[str]) -> int:
        """How often the term is there; a synonym counts less than the word itself."""
        if counts[term]:
            return 2 * counts[term]
        return max(counts[form] for form in self._same.get(term, {term}))

    def _use(self, term: str, counts: Counter[str]) -> float:
        often = self._in(term, counts) / 2
        length = sum(counts.values()) / self._usual_length
        return often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length))

    def _opening_bonus(self, passage: Passage, wanted: Collection[str]) -> float:
        """ "An idiom is …" says more about idioms than "My favourite idiom …"."""
        opening = self.terms(passage.sentences[0])
        if opening and opening[0] in wanted:
            return 1.4
        return 1.1 if set(opening) & set(wanted) else 1.0

    def excerpt(
        self, passage: Passage, terms: Sequence[str], max_sentences: int
    ) -> Sequence[str]:
        """The passage, or of a long one the part that begins with the best sentence."""
        if len(passage.sentences) <= max_sentences:
            return passage.sentences
        hits = [self._hits(sentence, terms) for sentence in passage.sentences]
        start = hits.index(max(hits))
        start = min(start, len(passage.sentences) - max_sentences)
        return passage.sentences[start : start + max_sentences]

    def _hits(self, sentence: str, terms: Sequence[str]) -> float:
        counts = Counter(self.terms(sentence))
        return sum(self._weight(t) for t in set(terms) if self._in(t, counts))

    def about(self, topic: Topic) -> list[str]:
        return [s for p in self.passages if p.topic == topic for s in p.sentences]

    def source(self, reply: str) -> Passage | None:
        """Where an earlier reply came from: its last sentence decides."""
        places = [
            (reply.rfind(sentence), passage)
            for passage in self.passages
            for sentence in passage.sentences
        ]
        known = [(at, passage) for at, passage in places if at >= 0]
        return max(known, key=lambda found: found[0])[1] if known else None

    def related(self, passage: Passage) -> list[Passage]:
        """Other passages that share rare words with this one, the closest first."""
        words = set(self._counts[self.passages.index(passage)]) - self._weak
        rare = {word for word in words if 1 < self._spread[word] <= 4}
        shared = [
            ([self._weight(word) for word in rare if counts[word]], -at, other)
            for at, (other, counts) in enumerate(
                zip(self.passages, self._counts, strict=True)
            )
            if other != passage
        ]
        close = [
            (sum(weights), at, other) for weights, at, other in shared if weights[2:]
        ]
        close.sort(key=lambda found: found[:2], reverse=True)
        return [other for _, _, other in close]

    def keywords(self) -> list[str]:
        """For each piece of knowledge a thing that it comes back to, with its article."""
        found = [
            self._keyword(passage, counts)
            for passage, counts in zip(self.passages, self._counts, strict=True)
            if passage.topic is Topic.KNOWLEDGE
        ]
        return list(dict.fromkeys(word for word in found if word))

    def _keyword(self, passage: Passage, counts: Counter[str]) -> str:
        things = re.finditer(
            rf"\b(?P<article>{self._book.articles})\s+(?P<noun>[^\W\d]{{3,}})"
            r"(?P<mark>[.,;:!?])?\s*(?P<next>[^\W\d]*)",
            " ".join(passage.sentences),
            re.IGNORECASE,
        )
        ranked = [
            (
                counts[term] * self._weight(term),
                -at,
                f"{thing['article'].lower()} {noun}",
            )
            for at, thing in enumerate(things)
            for noun in [thing["noun"]]
            for term in self.terms(noun)
            if counts[term] > 1 and term not in self._weak and self._ends_a_noun(thing)
        ]
        return max(ranked)[2] if ranked else ""

    def _ends_a_noun(self, thing: re.Match[str]) -> bool:
        """Followed by a comma or by a word of grammar; "the old lens" stops too early."""
        return bool(thing["mark"]) or thing["next"].lower() in self._book.stop_words


def _bigrams(text: str) -> list[str]:
    """Scripts without spaces: pairs of neighbours, between the words of pure grammar."""
    runs = [run for run in _FUNCTION_CHARS.split(text) if run]
    return [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]
