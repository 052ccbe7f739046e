"""How large each part of a persona may be; forms, the admin and REST all ask here."""

NAME_MAX_CHARS = 120
SLUG_MAX_CHARS = 80
LINE_MAX_CHARS = 200  # title, degree, year, institution
STYLE_MAX_CHARS = 500  # how the persona speaks: a few sentences
GREETING_MAX_CHARS = 600  # spoken as one utterance; upstreams take at most 1000
FAREWELL_MAX_CHARS = 120  # said in the last seconds of a session
KNOWLEDGE_MAX_CHARS = 20_000

LIST_MAX_ITEMS = 50
ITEM_MAX_CHARS = 300

UPSTREAM_ID_MAX_CHARS = 120  # an avatar's or a voice's id
LANGUAGE_MAX_CHARS = 35

SPEAKING_RATE_MIN = 0.5
SPEAKING_RATE_MAX = 1.5

MODEL_MAX_CHARS = 120
TEMPERATURE_MIN = 0.0
TEMPERATURE_MAX = 2.0
