"""Transcripts of calls: supplied beside the audio, or made by a model that the user points to.

``reading`` takes plain text, SRT, WebVTT and the usual JSON; ``transcribers`` and ``endpoint`` make
one; ``redaction`` masks it and silences the same seconds of the sound. To have none is a state.
"""
