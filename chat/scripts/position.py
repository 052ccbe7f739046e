"""Where in a segment somebody is: pure arithmetic on sentences."""

from collections.abc import Sequence
from functools import lru_cache

from chat.sentences import Splitter


@lru_cache(maxsize=256)
def sentences_of(text: str) -> tuple[str, ...]:
    """A segment as it is spoken; very long sentences are parted at their clauses."""
    splitter = Splitter()
    return (*splitter.feed(text), *splitter.flush())


def heard_sentences(sentences: Sequence[str], heard_chars: int) -> int:
    """How many of these, joined by spaces, were heard to their end."""
    count = end = 0
    for sentence in sentences:
        end += len(sentence)
        if end > heard_chars:
            break
        count += 1
        end += 1  # the space
    return count
