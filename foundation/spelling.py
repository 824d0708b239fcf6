"""Texts that came from outside, made fit to be written down."""


def well_formed(words: str) -> str:
    """Return the text with a question mark for each half of a surrogate pair.

    Command lines and JSON can bring such halves; no encoder, driver or terminal takes them.
    """
    return words.encode("utf-8", "replace").decode()
