"""What a masked text says beside its intent: language, feeling, urgency, entities, products."""

from ingestion.extractors.words.read import VERSION, Words, read

__all__ = ["VERSION", "Words", "read"]
