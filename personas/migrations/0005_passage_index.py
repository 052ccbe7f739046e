"""The full-text index of passages, which the database itself keeps in step with them."""

from django.db import migrations

# The scope makes one persona's passages findable without looking through all the others'.
SQLITE = (
    """
    CREATE VIRTUAL TABLE personas_passage_index USING fts5(
        scope, heading, body, content='', tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER personas_passage_added AFTER INSERT ON personas_passage BEGIN
        INSERT INTO personas_passage_index (rowid, scope, heading, body)
        VALUES (new.id, 'p' || new.persona_id, new.heading_terms, new.text_terms);
    END
    """,
    """
    CREATE TRIGGER personas_passage_removed AFTER DELETE ON personas_passage BEGIN
        INSERT INTO personas_passage_index
            (personas_passage_index, rowid, scope, heading, body)
        VALUES ('delete', old.id, 'p' || old.persona_id, old.heading_terms, old.text_terms);
    END
    """,
    """
    CREATE TRIGGER personas_passage_changed
    AFTER UPDATE OF persona_id, heading_terms, text_terms ON personas_passage BEGIN
        INSERT INTO personas_passage_index
            (personas_passage_index, rowid, scope, heading, body)
        VALUES ('delete', old.id, 'p' || old.persona_id, old.heading_terms, old.text_terms);
        INSERT INTO personas_passage_index (rowid, scope, heading, body)
        VALUES (new.id, 'p' || new.persona_id, new.heading_terms, new.text_terms);
    END
    """,
)
NO_SQLITE = (
    "DROP TRIGGER personas_passage_changed",
    "DROP TRIGGER personas_passage_removed",
    "DROP TRIGGER personas_passage_added",
    "DROP TABLE personas_passage_index",
)

POSTGRESQL = (
    """
    ALTER TABLE personas_passage ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', heading_terms), 'A')
        || setweight(to_tsvector('simple', text_terms), 'B')
    ) STORED
    """,
    # Kept in the row itself, since ranking reads it for every row that matches.
    "ALTER TABLE personas_passage ALTER COLUMN search SET STORAGE MAIN",
    # Documents are read seldom and searched at every question; so no list of changes that
    # every search would have to go through.
    """
    CREATE INDEX personas_passage_search ON personas_passage USING gin (search)
    WITH (fastupdate = off)
    """,
)
NO_POSTGRESQL = ("ALTER TABLE personas_passage DROP COLUMN search",)


def add(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def remove(apps, schema_editor):
    run(schema_editor, NO_SQLITE, NO_POSTGRESQL)


def run(schema_editor, sqlite, postgresql):
    statements = {"sqlite": sqlite, "postgresql": postgresql}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("personas", "0004_documents")]

    operations = [migrations.RunPython(add, remove)]
