"""Photos that came with incidents: their kind by the tenant's classifier, and those seen before."""

FAMILY = "image/"
"""Beginning of the media types of photos."""
