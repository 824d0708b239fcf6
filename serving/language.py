"""In which language an answer speaks: what the client asks for, else the tenant's."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Request, g
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from foundation.texts import LANGUAGES, Language


def asked_language(request: Request) -> Language | None:
    """Return the first language of ``Accept-Language`` that we speak; None where it names none."""
    return language_in(request.environ)


def language_in(environ: Mapping[str, Any]) -> Language | None:
    """Return the same of a request as its server hands it over."""
    asked: str | None = environ.get("HTTP_ACCEPT_LANGUAGE")
    return _first_of(asked) if asked else None


@lru_cache(256)
def _first_of(asked: str) -> Language | None:
    """Return the first language of a header that we speak; clients send few different ones."""
    for tag, quality in parse_accept_header(asked, LanguageAccept):
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
