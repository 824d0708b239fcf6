"""The documentation: the OpenAPI document and its page."""
