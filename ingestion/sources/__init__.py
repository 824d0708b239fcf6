"""Scheduled pulls: rows of a client's PostgreSQL or MySQL, files of their SFTP server.

``pull.py`` fetches what is new and sends it through the one door; ``registry.py`` adds and tests
sources; ``watermark.py`` says what is new.
"""
