"""Reads one file as a process of its own; see `personas.knowledge.isolated`.

Prints `{"title", "blocks": [[text, headings, page], …]}`, or `{"problem"}`.
"""

import argparse
import json
import resource
import sys
from collections.abc import Sequence

from personas.knowledge.reading import CannotRead, Content


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["txt", "md", "html", "pdf"])
    parser.add_argument("--max-pages", type=int, required=True)
    parser.add_argument("--max-chars", type=int, required=True)
    parser.add_argument("--max-cpu-s", type=int, required=True)
    parser.add_argument("--max-memory-bytes", type=int, required=True)
    given = parser.parse_args(arguments)
    _limit(given.max_cpu_s, given.max_memory_bytes)
    try:
        content = read(given.kind, sys.stdin.buffer.read(), max_pages=given.max_pages)
        check(content, given.max_chars)
        blocks = [[b.text, b.headings, b.page] for b in content.blocks]
        answer = {"title": content.title, "blocks": blocks}
    except CannotRead as exc:
        answer = {"problem": str(exc)}
    except MemoryError:
        answer = {"problem": "Reading it takes too much memory. Split it into parts."}
    json.dump(answer, sys.stdout)


def read(kind: str, data: bytes, *, max_pages: int) -> Content:
    """Raises `CannotRead`."""
    match kind:
        case "pdf":
            from personas.knowledge.reading.pdf import read_pdf

            return read_pdf(data, max_pages=max_pages)
        case "html":
            from personas.knowledge.reading.html import read_html

            return read_html(data)
        case "md":
            from personas.knowledge.reading.plain import read_markdown

            return read_markdown(data)
        case _:
            from personas.knowledge.reading.plain import read_text

            return read_text(data)


def _limit(cpu_s: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are not files


def check(content: Content, max_chars: int) -> None:
    """Raises `CannotRead` when there is nothing, or too much."""
    chars = sum(len(block.text) for block in content.blocks)
    if not chars:
        raise CannotRead("There is no text in it.")
    if chars > max_chars:
        raise CannotRead(
            f"It has {chars:,} characters of text; at most {max_chars:,} are read. "
            "Split it into parts."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
