"""A transcriber behind an OpenAI-compatible address: ``POST <url>/audio/transcriptions``.

The recording leaves this machine unmasked, for nobody can mask what is not yet written: who sets
the address decides that. It goes over TLS, or to this machine itself, and no redirect is followed.
"""

import http.client
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from foundation.errors import OperatorError
from ingestion.extractors.transcripts.redaction import wav_of
from ingestion.extractors.transcripts.transcript import Transcript, Turn
from ingestion.extractors.transcripts.worded import worded
from ingestion.media.sandbox import MIB
from ingestion.media.sound import Sound

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LARGEST_ANSWER = 32 * MIB
DONE = 200


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible transcriber.

    Attributes
    ----------
    url
        Up to the version: ``https://host/v1``.
    key
        Sent as a bearer token where it is not empty; never shown.
    """

    url: str
    model: str
    key: str = ""
    language: str = "es"
    seconds: float = 300.0
    name: str = "endpoint"

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r}, {self.model!r})"

    def transcribe(self, sound: Sound) -> Transcript:
        """Return what was said, each channel asked for itself.

        Raises
        ------
        OperatorError
            The address is none, or who answers there does not do as it should.
        """
        several = len(sound.channels) > 1
        turns: list[Turn] = []
        for number in range(len(sound.channels)):
            one = Sound(sound.channels[number : number + 1], sound.rate)
            turns += self._heard(one, number if several else None)
        turns.sort(key=lambda turn: turn.start_seconds or 0.0)
        return Transcript("made", tuple(turns), self.name, self.language)

    def _heard(self, sound: Sound, channel: int | None) -> Iterator[Turn]:
        host = urlsplit(self.url).hostname or ""
        try:
            turns, _ = worded(json.loads(self._asked(wav_of(sound))))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OperatorError("transcripts.odd_answer", host=host) from error
        except (OSError, http.client.HTTPException) as error:
            raise OperatorError("transcripts.away", host=host) from error
        for turn in turns:
            yield Turn(
                turn.text, turn.speaker, channel, turn.start_seconds, turn.end_seconds, turn.words
            )

    def _asked(self, wav: bytes) -> bytes:
        place = urlsplit(self.url)
        host = place.hostname or ""
        if place.scheme != "https" and not (place.scheme == "http" and host in LOOPBACK):
            raise OperatorError("transcripts.bad_url")
        secure = place.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(host, place.port, timeout=self.seconds)
        border = secrets.token_hex(16)
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        headers |= {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            path = f"{place.path.rstrip('/')}/audio/transcriptions"
            connection.request("POST", path, self._form(wav, border), headers)
            answer = connection.getresponse()
            body = answer.read(LARGEST_ANSWER + 1)
        finally:
            connection.close()
        if answer.status != DONE:
            raise OperatorError("transcripts.refused", host=host, status=answer.status)
        if len(body) > LARGEST_ANSWER:
            raise OperatorError("transcripts.odd_answer", host=host)
        return body

    def _form(self, wav: bytes, border: str) -> bytes:
        fields = (
            ("model", self.model),
            ("language", self.language),
            ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
        )
        head = 'Content-Disposition: form-data; name="'
        written = "".join(f'--{border}\r\n{head}{n}"\r\n\r\n{v}\r\n' for n, v in fields)
        file = f'--{border}\r\n{head}file"; filename="call.wav"\r\nContent-Type: audio/wav\r\n\r\n'
        return (written + file).encode() + wav + f"\r\n--{border}--\r\n".encode()
