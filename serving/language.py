"""In which language an answer speaks: what the client asks for, else the tenant's."""

from flask import Request, g

from foundation.texts import LANGUAGES, Language


def asked_language(request: Request) -> Language | None:
    """Return the first language of ``Accept-Language`` that we speak; None where it names none."""
    for tag, quality in request.accept_languages:
        primary = tag.partition("-")[0].lower()
        for language in LANGUAGES:
            if primary == language and quality > 0:
                return language
    return None


def speak(language: Language) -> None:
    """Choose the language of this request's answer."""
    g.language = language


def spoken() -> Language:
    """Return the language of this request's answer."""
    language: Language = g.get("language", "es")
    return language
