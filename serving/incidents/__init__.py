"""Incidents over HTTP: registered and answered, closed, fed back."""
