"""Everything about one customer over HTTP."""
