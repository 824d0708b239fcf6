"""A tenant's webhooks over HTTP."""
