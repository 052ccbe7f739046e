"""Passages by their vectors: made by the worker, kept beside the text, compared here.

A persona's vectors are few enough (`limits.PASSAGES_MAX`) that comparing all of them takes
a millisecond. Loading them takes longer, so those of some personas stay in memory, until
the database has others.
"""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max

from personas.knowledge.embeddings import EmbeddingFailed, service
from personas.models import Passage, Persona

if TYPE_CHECKING:  # imported where it is used: most portals have no embeddings
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

logger = logging.getLogger(__name__)

BATCH = 32
_BATCH_TIMEOUT_S = 30.0
_MOST_HELD_BYTES = 128 * 1024 * 1024


def make_some() -> int:
    """Have vectors made for the next passages that lack them; how many got one.

    The worker's business: it may take half a minute. What fails is tried again later.
    """
    asked = service()
    if asked is None:
        return 0
    lacking = Passage.objects.without_vector_of(asked.model).order_by("pk")
    passages = list(lacking.select_related("document").defer("vector")[:BATCH])
    if not passages:
        return 0
    texts = [f"{p.document}. {p.heading}\n{p.text}" for p in passages]
    try:
        made = asked.embed(texts, timeout_s=_BATCH_TIMEOUT_S)
    except EmbeddingFailed as exc:
        logger.warning("No vectors were made: %s", exc)
        return 0
    for passage, vector in zip(passages, made, strict=True):
        Passage.objects.filter(pk=passage.pk).update(
            vector=_unit(vector).tobytes(), vector_model=asked.model
        )
    return len(passages)


def have_any(persona: Persona, model: str) -> bool:
    return Passage.objects.filter(persona=persona.pk, vector_model=model).exists()


def nearest(
    persona: Persona, model: str, vector: list[float], limit: int
) -> list[tuple[int, float]]:
    """Ids of the passages closest in meaning, with their cosine, closest first.

    Those below `EMBEDDINGS_MIN_SIMILARITY` have nothing to do with the question.
    """
    import numpy as np

    held = _held.get(persona.pk, model)
    asked = _unit(vector)
    if held is None or held.matrix.shape[1] != asked.shape[0]:
        return []
    cosines = held.matrix @ asked
    best = np.argsort(-cosines)[:limit]
    return [
        (held.ids[at], float(cosines[at]))
        for at in best
        if cosines[at] >= settings.EMBEDDINGS_MIN_SIMILARITY
    ]


def _unit(vector: list[float]) -> "Matrix":
    import numpy as np

    numbers = np.nan_to_num(np.asarray(vector, dtype="<f4"), posinf=0.0, neginf=0.0)
    length = float(np.linalg.norm(numbers))
    unit: Matrix = numbers / np.float32(length or 1.0)
    return unit


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Of one persona and model. The stamp changes whenever the database has others."""

    stamp: tuple[int, int]
    ids: list[int]
    matrix: "Matrix"


class _Held:
    """The vectors that were used last, as many as fit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: OrderedDict[tuple[int, str], _Vectors] = OrderedDict()

    def get(self, persona_id: int, model: str) -> _Vectors | None:
        """None when there are none."""
        rows = Passage.objects.filter(persona=persona_id, vector_model=model)
        # A passage is never given another text, and ids are never used again.
        told = rows.order_by().aggregate(count=Count("pk"), last=Max("pk"))
        if not told["count"]:
            return None
        stamp = (told["count"], told["last"])
        with self._lock:
            held = self._by_key.get((persona_id, model))
        if held is None or held.stamp != stamp:
            held = _loaded(
                stamp,
                [
                    (pk, bytes(vector))
                    for pk, vector in rows.order_by("pk").values_list("pk", "vector")
                ],
            )
        if held is not None:
            self._hold((persona_id, model), held)
        return held

    def _hold(self, key: tuple[int, str], vectors: _Vectors) -> None:
        with self._lock:
            self._by_key[key] = vectors
            self._by_key.move_to_end(key)
            while len(self._by_key) > 1 and self._bytes() > _MOST_HELD_BYTES:
                self._by_key.popitem(last=False)

    def _bytes(self) -> int:
        return sum(vectors.matrix.nbytes for vectors in self._by_key.values())


_held = _Held()


def _loaded(stamp: tuple[int, int], rows: list[tuple[int, bytes]]) -> _Vectors | None:
    """Those of the usual size: a model may have been replaced under the same name."""
    import numpy as np

    sizes = [len(vector) for _, vector in rows]
    if not sizes:
        return None
    usual = max(set(sizes), key=sizes.count)
    kept = [(pk, vector) for pk, vector in rows if len(vector) == usual]
    whole = np.frombuffer(b"".join(vector for _, vector in kept), dtype="<f4")
    return _Vectors(stamp, [pk for pk, _ in kept], whole.reshape(len(kept), -1))
