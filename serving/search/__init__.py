"""Search in a tenant's texts over HTTP."""
