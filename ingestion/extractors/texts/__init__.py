"""Notes and letters that came as files: their words, masked."""

NAME = "text"
VERSION = 1
"""Raised whenever the output for the same content may change."""
MEDIA_TYPES = ("text/", "message/rfc822")
"""Beginnings of the media types it reads."""
