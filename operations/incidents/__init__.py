"""Incidents: taken in, stored, answered, closed, learned from."""
