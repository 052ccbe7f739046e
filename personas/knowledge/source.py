"""What is quoted from a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as it is quoted: to the model, to the visitor, in a transcript."""

    document_id: int
    title: str
    heading: str
    page: int | None
    text: str
    #: The part of the text that fits the question, for people.
    excerpt: str

    def as_dict(self) -> dict[str, str | int | None]:
        return {
            "title": self.title,
            "heading": self.heading,
            "page": self.page,
            "excerpt": self.excerpt,
        }

    @property
    def place(self) -> str:
        """Where in the document, in words: "page 3, Opening hours"."""
        page = f"page {self.page}" if self.page else ""
        return ", ".join(part for part in (page, self.heading) if part)
