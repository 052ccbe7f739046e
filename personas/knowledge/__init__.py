"""What a persona can look up: documents, read into passages that are found by a question.

    reading/    a file's bytes → blocks of text with their headings and pages; no Django
    isolated    the same in a process of its own, with limits
    chunking    blocks → chunks of a few sentences
    terms       a text, or a question, as the full-text index wants it
    filing      documents taken in, read and removed: the verbs
    fulltext    passages by their words, on SQLite and PostgreSQL
    embeddings  an OpenAI-compatible service that turns text into vectors
    vectors     passages by their vectors
    finding     both together: what a conversation asks for
    source      what is quoted of it

Nothing is imported here, so that `reading` stays cheap to start as a process.
"""
