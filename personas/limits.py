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

BACKGROUND_MAX_CHARS = 4_000  # a long gradient, an address, or a small pattern as data
KEY_COLOUR_MAX_CHARS = 7  # #rrggbb, or "auto"

MODEL_MAX_CHARS = 120
TEMPERATURE_MIN = 0.0
TEMPERATURE_MAX = 2.0

# Documents that a persona answers from. All of a persona's text is searched for every
# question, and with embeddings all of its vectors are compared: that bounds the whole.
DOCUMENT_MAX_BYTES = 10_000_000
DOCUMENT_MAX_PAGES = 400
DOCUMENT_MAX_CHARS = 600_000  # about 300 printed pages
DOCUMENTS_MAX = 50  # per persona, as the next two
DOCUMENTS_MAX_CHARS = 2_000_000
PASSAGES_MAX = 4_000
FILE_NAME_MAX_CHARS = 200

# What reading one file may cost; see `personas.knowledge.isolated`.
READING_MAX_CPU_S = 20
READING_MAX_S = 40
READING_MAX_MEMORY_BYTES = 768 * 1024 * 1024

# What of the documents goes into a prompt.
SOURCES_MAX = 5
SOURCES_MAX_CHARS = 6_000

# What a persona shows beside itself.
EXHIBITS_MAX = 100
ADDRESS_MAX_CHARS = 2_000
PICTURE_MAX_BYTES = 8_000_000
PICTURE_MAX_PIXELS = 40_000_000  # decoded, that is 160 MB
PICTURE_SHOWN_PX = 1_600  # the longer side of what is kept

# Personas from files: character cards and our own format.
CARD_FILE_MAX_BYTES = 10_000_000
CARD_FILES_MAX = 10  # at once
CARD_JSON_MAX_BYTES = 2_500_000
CARD_KEPT_MAX_CHARS = 1_500_000  # of what a card says, kept to be given back
CARD_TEXT_MAX_CHARS = 100_000  # of each of its texts, the part that we make ours of
CARD_MAX_DEPTH = 40
CARD_MAX_VALUES = 100_000
CARD_MAX_CHUNKS = 5_000
CARD_PICTURE_PX = 1_024  # the longer side of a card's picture
