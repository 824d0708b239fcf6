"""What a text says beside its intent: language, entities, products, its e-mail thread.

Urgency is not read here: a tenant's own model learns it (``models.urgency``). Sentiment is switched
off (``sentiment.ON``): its metric does not earn it.
"""

from ingestion.extractors.words.read import VERSION, Words, read

__all__ = ["VERSION", "Words", "read"]
