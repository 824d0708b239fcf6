"""Attachments: what they are, how far they are opened, and how they are kept."""
