"""The two senders, for each module anew."""

from tests.isolation.two_senders import house

__all__ = ["house"]
