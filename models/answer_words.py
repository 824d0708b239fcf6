"""What is told of an incident, in words: one wording for page and command line."""

from collections.abc import Sequence

from foundation.texts import Language, text


def say_answer(
    model: str,
    name: str | None,
    likeliest: Sequence[tuple[str, float]],
    confidence: float | None,
    language: Language,
) -> str:
    """Return what a model of texts says of an incident: its answer, "I don't know", or no model.

    Parameters
    ----------
    model
        ``intent`` or ``urgency``.
    name, likeliest
        In the reader's words; ``name`` is None for "I don't know".
    confidence
        None where there is no model.
    """
    what = text(f"answers.{model}", language)
    if confidence is None:
        return text("answers.no_model", language, what=what)
    if name is not None:
        return text("answers.said", language, what=what, name=name, share=share(confidence))
    near = (text("answers.likely", language, name=n, share=share(p)) for n, p in likeliest)
    return text("answers.unknown", language, what=what, likeliest=", ".join(near))


def say_source(
    kind: str, response_id: str, incident_id: str | None, title: str, language: Language
) -> str:
    """Return where a suggested reply comes from."""
    if kind == "reply":
        words = {"response": response_id, "incident": incident_id or ""}
        return text("answers.of_reply", language, **words)
    key = "answers.of_article_titled" if title else "answers.of_article"
    return text(key, language, response=response_id, title=title)


def share(probability: float) -> str:
    """Return a probability as a whole percentage, without its sign.

    >>> share(0.876)
    '88'
    """
    return f"{100 * probability:.0f}"
