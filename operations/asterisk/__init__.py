"""An Asterisk exchange, read over its manager interface."""
