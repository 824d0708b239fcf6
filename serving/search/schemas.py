"""The shapes of what was found."""

from apiflask import Schema
from apiflask.fields import AwareDateTime, Float, Integer, List, Nested, String
from apiflask.validators import OneOf

SOURCES = ("text", "transcript", "image")


class FoundBox(Schema):
    """A rectangle of an image, in pixels from its upper left corner; pages count from 0."""

    left = Integer(required=True)
    top = Integer(required=True)
    width = Integer(required=True)
    height = Integer(required=True)
    page = Integer(required=True)


class FoundPlace(Schema):
    """Characters `start` to `end` of a text; the second of the call; the box of the image."""

    part = String(required=True, metadata={"example": "text"})
    source = String(required=True, validate=OneOf(SOURCES))
    start = Integer(required=True)
    end = Integer(required=True)
    second = Float(required=True, allow_none=True)
    box = Nested(FoundBox, required=True, allow_none=True)


class FoundExcerpt(Schema):
    """Some of a masked text, from its character `start` on."""

    part = String(required=True, metadata={"example": "text"})
    start = Integer(required=True)
    text = String(required=True)


class Found(Schema):
    """An incident that was found."""

    incident_id = String(required=True, metadata={"example": "PQR-000123"})
    opened_at = AwareDateTime(required=True, allow_none=True)
    channel = String(required=True, allow_none=True)
    product = String(required=True, allow_none=True)
    risk_class = String(required=True, allow_none=True)
    score = Float(required=True)
    places = List(Nested(FoundPlace), required=True)
    excerpt = Nested(FoundExcerpt, required=True, allow_none=True)


class FoundPage(Schema):
    """Incidents by relevance, then the newest first; `next`: the offset of those that follow."""

    hits = List(Nested(Found), required=True)
    next = Integer(required=True, allow_none=True)
