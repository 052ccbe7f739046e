"""How much of a text was heard when the voice was cut off: pure arithmetic on words."""

#: A word of which so much was heard was understood.
_UNDERSTOOD = 0.6
#: What is longer than any word is a text that is written without spaces.
_LONGEST_WORD_CHARS = 40


def heard_chars(text: str, share: float) -> int:
    """How many characters of `text` were heard in `share` (0 to 1) of its time.

    Whole words only, where words are written apart; else single characters.
    """
    reached = round(len(text) * max(0.0, min(1.0, share)))
    if reached >= len(text):
        return len(text)
    starts = text.rfind(" ", 0, reached) + 1
    ends = text.find(" ", reached)
    word_chars = (len(text) if ends < 0 else ends) - starts
    if word_chars > _LONGEST_WORD_CHARS:
        return reached
    if reached - starts >= _UNDERSTOOD * word_chars:
        return starts + word_chars
    return max(0, starts - 1)
