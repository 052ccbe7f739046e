"""What a persona can look up for a question: by its words, and by its meaning as well.

With an embedding service, both searches rank the passages and the ranks are joined
(reciprocal rank fusion); so neither needs to know how the other counts. Without one, or
while it fails, the words alone decide.
"""

import asyncio
from collections.abc import Sequence

from asgiref.sync import sync_to_async

from personas import limits
from personas.knowledge import fulltext, vectors
from personas.knowledge.chunking import sentences
from personas.knowledge.embeddings import Service, embed_question, service
from personas.knowledge.fulltext import Found
from personas.knowledge.source import Source
from personas.knowledge.terms import asked_terms, index_terms, matched_by
from personas.models import Passage, Persona

#: How deep each ranking is read before they are joined.
_DEPTH = 20
#: The usual constant of the method: how little the very first ranks stand out.
_RANK_OFFSET = 60

_EXCERPT_CHARS = 160
_SHARED_AT_LEAST = 2


async def look_up(
    persona: Persona, question: str, limit: int = limits.SOURCES_MAX
) -> list[Source]:
    """What fits the question best, best first, within `SOURCES_MAX_CHARS`.

    No transaction is open, and no connection is held, while the embedding service is
    asked; it is asked while the words are searched for.
    """
    found = await find(persona, question, limit)
    terms = asked_terms(question, persona.language)
    chosen: list[Source] = []
    chars = 0
    for passage in (hit.passage for hit in found):
        chars += len(passage.text)
        if chosen and chars > limits.SOURCES_MAX_CHARS:
            break
        chosen.append(_source(passage, terms))
    return chosen


async def find(persona: Persona, question: str, limit: int) -> list[Found]:
    """Passages of the persona's documents that fit the question, best first."""
    by_words = sync_to_async(fulltext.search)(persona, question, max(limit, _DEPTH))
    asked = service()
    if asked is None or not asked_terms(question, persona.language):
        return list(await by_words)[:limit]
    vector, words = await asyncio.gather(_vector(persona, asked, question), by_words)
    if vector is None:
        return list(words)[:limit]
    both: list[Found] = await sync_to_async(_joined)(
        persona, asked.model, vector, words, limit
    )
    return both


async def _vector(
    persona: Persona, asked: Service, question: str
) -> list[float] | None:
    if not await sync_to_async(vectors.have_any)(persona, asked.model):
        return None
    return await embed_question(asked, question)


def _joined(
    persona: Persona,
    model: str,
    vector: list[float],
    words: Sequence[Found],
    limit: int,
) -> list[Found]:
    near = vectors.nearest(persona, model, vector, _DEPTH)
    scores: dict[int, float] = {}
    for ranking in ([f.passage.pk for f in words], [pk for pk, _ in near]):
        for rank, pk in enumerate(ranking):
            scores[pk] = scores.get(pk, 0.0) + 1 / (_RANK_OFFSET + rank)
    best = sorted(scores, key=lambda pk: -scores[pk])[:limit]
    passages = Passage.objects.select_related("document").defer("vector").in_bulk(best)
    return [Found(passages[pk], scores[pk]) for pk in best if pk in passages]


# Quoting ----------------------------------------------------------------------------------


def _source(passage: Passage, terms: list[str]) -> Source:
    return Source(
        document_id=passage.document_id,
        title=str(passage.document),
        heading=passage.heading,
        page=passage.page,
        text=passage.text,
        excerpt=_excerpt(passage.text, terms),
    )


def _excerpt(text: str, terms: list[str]) -> str:
    """The sentence that has most of the question's terms, and what fits after it."""
    told = sentences(text)
    hits = [len(matched_by(terms, index_terms(sentence))) for sentence in told]
    start = hits.index(max(hits)) if hits else 0
    chosen = ""
    for sentence in told[start:]:
        if chosen and len(chosen) + 1 + len(sentence) > _EXCERPT_CHARS:
            break
        chosen = f"{chosen} {sentence}".strip()
    if len(chosen) > _EXCERPT_CHARS:
        cut = chosen[:_EXCERPT_CHARS]
        chosen = f"{cut.rpartition(' ')[0] or cut}…"
    return f"… {chosen}" if start else chosen


def used_in(sources: Sequence[Source], reply: str, language: str) -> list[Source]:
    """Those that a reply seems to come from: they share what is telling in it.

    What a model really used cannot be known. A passage that shares a single word with the
    reply, or none, would be a wrong thing to show below it.
    """
    told = asked_terms(reply, language)
    shared = [len(matched_by(told, index_terms(source.text))) for source in sources]
    enough = max(_SHARED_AT_LEAST, max(shared, default=0) / 2)
    return [
        source for source, count in zip(sources, shared, strict=True) if count >= enough
    ]
