"""The two senders, once for all modules."""

from tests.isolation.two_senders import house

__all__ = ["house"]
