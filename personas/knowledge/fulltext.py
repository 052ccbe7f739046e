"""Passages by the words of a question, ranked by the database that has them.

Any of the question's terms may match; rare ones count for more (BM25 on SQLite; on
PostgreSQL, which knows no rarity, its own rank of each term times how rare the term is
among the persona's passages). Terms are plain ASCII words, so none can mean anything to
the query languages; see `personas.knowledge.terms`.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from personas.knowledge.terms import asked_terms
from personas.models import Passage, Persona

#: A word in a heading says more about what a passage is about.
_HEADING_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A passage, and how well it fits: more is better, of one search only."""

    passage: Passage
    score: float


def search(persona: Persona, question: str, limit: int) -> list[Found]:
    """The passages that fit best, best first; nothing for a question that asks nothing."""
    terms = asked_terms(question, persona.language)
    if not terms:
        return []
    ranked = _RANKINGS[connection.vendor](persona.pk, terms, limit)
    passages = Passage.objects.select_related("document").defer("vector")
    by_id = passages.in_bulk([pk for pk, _ in ranked])
    return [Found(by_id[pk], score) for pk, score in ranked if pk in by_id]


Ranking = list[tuple[int, float]]


def _by_sqlite(persona_id: int, terms: list[str], limit: int) -> Ranking:
    query = f"scope:p{persona_id} AND {{heading body}}:({' OR '.join(terms)})"
    sql = """
        SELECT rowid, -bm25(personas_passage_index, 0.0, %s, 1.0) AS score
        FROM personas_passage_index WHERE personas_passage_index MATCH %s
        ORDER BY score DESC, rowid LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [_HEADING_WEIGHT, query, limit])
        return [(pk, float(score)) for pk, score in cursor.fetchall()]


def _by_postgresql(persona_id: int, terms: list[str], limit: int) -> Ranking:
    """The weights are of the classes D, C, B (text) and A (headings); 1 asks for the rank
    to be divided by the logarithm of the passage's length."""
    sql = """
        WITH matched AS MATERIALIZED (
            SELECT passage.id, asked.number,
                   ts_rank(%(weights)s::float4[], search, asked.term::tsquery, 1) AS fit
            FROM unnest(%(terms)s::text[]) WITH ORDINALITY AS asked (term, number)
            JOIN personas_passage AS passage ON search @@ asked.term::tsquery
            WHERE passage.persona_id = %(persona)s
        ), spread AS (
            SELECT number, count(*)::float AS hits FROM matched GROUP BY number
        ), total AS (
            SELECT count(*)::float AS passages
            FROM personas_passage WHERE persona_id = %(persona)s
        )
        SELECT id, sum(fit * ln(1 + (passages - hits + 0.5) / (hits + 0.5))) AS score
        FROM matched JOIN spread USING (number) CROSS JOIN total
        GROUP BY id ORDER BY score DESC, id LIMIT %(limit)s
    """
    given: dict[str, Any] = {
        "terms": [term.replace("*", ":*") for term in terms],
        "persona": persona_id,
        "weights": [0.0, 0.0, 1 / _HEADING_WEIGHT, 1.0],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [(pk, float(score)) for pk, score in cursor.fetchall()]


_RANKINGS = {"sqlite": _by_sqlite, "postgresql": _by_postgresql}
