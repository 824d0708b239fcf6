"""Everything about one customer, from the online store and from today."""
