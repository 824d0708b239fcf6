"""The player of a recording: what it is told (``told``) and how it is shown (``mount``)."""
