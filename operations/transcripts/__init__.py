"""Transcripts of the calls that came with incidents: found beside them, made, and listened to."""
