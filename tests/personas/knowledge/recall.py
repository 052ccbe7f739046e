"""How often a known answer is among the first five passages: `recall@5`.

python -m tests.personas.knowledge.recall      # on SQLite, or on DATABASE_URL
"""

from dataclasses import dataclass

from personas.knowledge.finding import find
from personas.models import Persona
from tests.personas.knowledge.questions import QUESTIONS, Known
from tests.personas.knowledge.shelves import LIBRARY


@dataclass(frozen=True)
class Recall:
    within_5: float
    first: float
    missed: tuple[str, ...]

    def __str__(self) -> str:
        return f"recall@5 {self.within_5:.3f}, first {self.first:.3f}"


async def measure(persona: Persona) -> Recall:
    """Ask all questions of one persona that has the whole library."""
    ranks = [await _rank(persona, known) for known in QUESTIONS]
    return Recall(
        within_5=sum(rank is not None for rank in ranks) / len(ranks),
        first=sum(rank == 0 for rank in ranks) / len(ranks),
        missed=tuple(
            known.question
            for known, rank in zip(QUESTIONS, ranks, strict=True)
            if rank is None
        ),
    )


async def _rank(persona: Persona, known: Known) -> int | None:
    persona.language = known.language
    found = await find(persona, known.question, 5)
    for rank, hit in enumerate(found):
        stem = hit.passage.document.file_name.partition(".")[0]
        if stem == known.document and known.answer in hit.passage.text:
            return rank
    return None


def check() -> None:
    """Each answer is really in the document that is said to have it."""
    for known in QUESTIONS:
        (path,) = LIBRARY.glob(f"{known.document}.*")
        assert known.answer in path.read_text(), known.question
