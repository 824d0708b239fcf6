"""Transcripts: every usual form read alike, made by a server, redacted together with the sound."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidUpload, MissingPart, OperatorError, TooLarge
from ingestion.extractors.transcripts.columns import COLUMNS, row_of
from ingestion.extractors.transcripts.endpoint import Endpoint
from ingestion.extractors.transcripts.reading import MOST_TURNS, read_transcript
from ingestion.extractors.transcripts.redaction import (
    Span,
    hidden_words,
    redact,
    silenced,
    wav_of,
)
from ingestion.extractors.transcripts.transcribers import (
    FasterWhisper,
    SherpaOnnx,
    Transcriber,
    Vosk,
    joined_tokens,
)
from ingestion.extractors.transcripts.transcript import NO_TRANSCRIPT, Transcript, Turn, Word
from ingestion.media.sound import Sound, decoded

SRT = "1\r\n00:00:01,500 --> 00:00:03,000\r\nAgente: Buenos días\r\n\r\n2\r\n"
SRT += "00:00:03,200 --> 00:00:04,000\r\nHola\r\n"
VTT = "WEBVTT\n\nNOTE nadie\n\n"
VTT += "00:01.500 --> 00:03.000 align:start\n<v Agente>Buenos <b>días</b></v>\n\n"
VTT += "00:03.200 --> 00:04.000\nHola\n"
WHISPER = {
    "language": "es",
    "text": "Buenos días",
    "segments": [
        {
            "start": 1.5,
            "end": 3.0,
            "text": " Buenos días",
            "words": [
                {"word": " Buenos", "start": 1.5, "end": 2.0, "probability": 0.9},
                {"word": " días", "start": 2.1, "end": 3.0, "probability": 0.8},
            ],
        }
    ],
}
VOSK = {
    "text": "buenos días",
    "result": [
        {"word": "Buenos", "start": 1.5, "end": 2.0, "conf": 0.9},
        {"word": "días", "start": 2.1, "end": 3.0, "conf": 0.8},
    ],
}
DEEPGRAM = {
    "results": {
        "channels": [
            {
                "alternatives": [
                    {"words": [{"word": "hola", "start": 3.2, "end": 4.0, "confidence": 1}]}
                ]
            },
            {
                "alternatives": [
                    {
                        "words": [
                            {"word": "buenos", "punctuated_word": "Buenos", "start": 1.5, "end": 2},
                            {"word": "días", "punctuated_word": "días", "start": 2.1, "end": 3.0},
                        ]
                    }
                ]
            },
        ]
    }
}
GOOGLE = {
    "results": [
        {
            "channelTag": 2,
            "alternatives": [
                {
                    "transcript": "Buenos días",
                    "words": [
                        {"startTime": "1.500s", "endTime": "2s", "word": "Buenos"},
                        {"startTime": "2.100s", "endTime": "3s", "word": "días"},
                    ],
                }
            ],
        }
    ]
}
OPENAI = {
    "text": "Buenos días",
    "words": [
        {"word": "Buenos", "start": 1.5, "end": 2.0},
        {"word": "días", "start": 2.1, "end": 3.0},
    ],
}
FORMS = {
    "srt": SRT,
    "vtt": VTT,
    "whisper": json.dumps(WHISPER),
    "vosk": json.dumps(VOSK),
    "vosk, a line each": json.dumps(VOSK) + '\n{"text": ""}\n',
    "deepgram": json.dumps(DEEPGRAM),
    "google": json.dumps(GOOGLE),
    "openai": json.dumps(OPENAI),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_usual_form_gives_the_same_first_turn(form: str):
    told = read_transcript("llamada", FORMS[form].encode())
    first = told.turns[0]
    assert told.state == "supplied"
    assert (first.text, first.start_seconds, first.end_seconds) == ("Buenos días", 1.5, 3.0)
    if form not in ("srt", "vtt"):
        assert [word.text for word in first.words] == ["Buenos", "días"]


def test_speakers_and_channels_come_as_the_source_tells_them():
    assert read_transcript("a.srt", SRT.encode()).turns[0].speaker == "Agente"
    assert read_transcript("a.vtt", VTT.encode()).turns[0].speaker == "Agente"
    turns = read_transcript("a.json", json.dumps(DEEPGRAM).encode()).turns
    assert [(turn.text, turn.channel) for turn in turns] == [("Buenos días", 1), ("hola", 0)]
    assert read_transcript("a.json", json.dumps(GOOGLE).encode()).turns[0].channel == 1


def test_plain_text_has_turns_without_times():
    told = read_transcript("a.txt", "Agente: Buenos días\nCliente: Hola: ¿qué tal?\n".encode())
    assert told.turns == (Turn("Buenos días", "Agente"), Turn("Hola: ¿qué tal?", "Cliente"))


@pytest.mark.parametrize("content", [None, b"", b" \n", b'{"text": ""}'])
def test_no_transcript_is_a_state_and_no_error(content: bytes | None):
    assert read_transcript("a", content) == NO_TRANSCRIPT


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01",
        b'{"segments": 3}',
        b'{"words": [{"word": "a", "start": 2, "end": 1}]}',
        b'{"words": [{"word": "a", "start": NaN, "end": NaN}]}',
        b"{" * 5000,
        b"1\n00:00:05,000 --> 00:00:01,000\nHola\n",
    ],
)
def test_what_is_no_transcript_is_told_with_its_file(content: bytes):
    with pytest.raises(InvalidUpload, match=r"llamada\.json") as refused:
        read_transcript("llamada.json", content)
    assert "llamada.json" in refused.value.say("es")


ODD: dict[str, dict[str, object]] = {
    "speaker": {"speaker": {"name": "x"}},
    "list": {"speaker": ["x"]},
    "channel": {"channel": "x"},
    "large": {"channel": 10**30},
    "language": {"language": ["es"]},
    "late": {"end": 1e308},
}
"""Values of another kind than they should be."""


@pytest.mark.parametrize("odd", ODD)
def test_values_of_another_kind_are_refused_and_stop_nobody(odd: str):
    piece = {"text": "a", "start": 0, "end": 1, "words": []}
    word = {"word": "a", "start": 0, "end": ODD[odd].get("end", 1)}
    segments = {"segments": [piece | ODD[odd]], **ODD[odd]}
    told = {"result": [word], **ODD[odd]} if odd in ("channel", "large", "late") else segments
    with pytest.raises(InvalidUpload):
        read_transcript("a.json", json.dumps(told).encode())


def test_a_transcript_of_more_turns_than_anybody_speaks_is_refused():
    with pytest.raises(TooLarge, match="50"):
        read_transcript("a.txt", b"a\n" * (MOST_TURNS + 1))


def test_numbers_of_speakers_and_halves_of_letters_become_texts_that_a_table_takes():
    told = {"segments": [{"text": "a \ud800", "start": 0, "end": 1, "speaker": 5}]}
    row = row_of(read_transcript("a.json", json.dumps(told).encode()))
    (turn,) = pa.Table.from_pylist([row], COLUMNS)["turns"][0].as_py()
    assert (turn["speaker"], turn["text"]) == ("5", "a ?")


@given(st.binary(max_size=200))
def test_any_content_is_read_or_told(content: bytes):
    try:
        told = read_transcript("a", content)
    except InvalidUpload:
        return
    assert told.state in ("none", "supplied")


def spoken(*words: str, channel: int | None = None) -> Transcript:
    """Return words of a second each."""
    timed = tuple(Word(word, n, n + 1.0) for n, word in enumerate(words))
    turn = Turn(" ".join(words), None, channel, 0.0, float(len(words)), timed)
    return Transcript("supplied", (turn,))


def noise(seconds: int, channels: int = 2) -> Sound:
    rng = np.random.default_rng(1)
    loud = rng.uniform(0.1, 0.9, (channels, seconds * 8_000)).astype(np.float32)
    return Sound(loud, 8_000)


def test_redaction_masks_the_text_and_silences_the_same_seconds_of_the_same_channel():
    done = redact(spoken("Llame", "al", "300", "123", "4567", "mañana", channel=1))
    (turn,) = done.transcript.turns
    assert turn.text == "Llame al [TELÉFONO] mañana"
    assert [word.text for word in turn.words] == ["Llame", "al", "[…]", "[…]", "[…]", "mañana"]
    sound = noise(6)
    quiet = silenced(sound, done.spans)
    assert not quiet.channels[1, 2 * 8_000 : 5 * 8_000].any()
    assert quiet.channels[1, : int(1.8 * 8_000)].all()
    assert quiet.channels[1, int(5.2 * 8_000) :].all()
    assert np.array_equal(quiet.channels[0], sound.channels[0])
    assert quiet.channels.shape == sound.channels.shape and sound.channels.all()


def test_a_number_that_goes_on_in_a_speakers_next_turns_goes_and_its_seconds_too():
    said = [("A", "es el 300"), ("B", "ajá"), ("A", "123"), ("B", "sí"), ("A", "4567 gracias")]
    turns = tuple(Turn(text, who, None, n, n + 1.0) for n, (who, text) in enumerate(said))
    done = redact(Transcript("supplied", turns))
    assert [turn.text for turn in done.transcript.turns] == [
        "es el [TELÉFONO]",
        "ajá",
        "[TELÉFONO]",
        "sí",
        "[TELÉFONO] gracias",
    ]
    assert [span.start_seconds for span in done.spans] == [0, 2, 4]


def test_words_of_a_number_over_two_turns_are_hidden_and_silent():
    timed = [(Word("300", 0, 1), Word("123", 1, 2)), (Word("4567", 4, 5), Word("sí", 5, 6))]
    turns = tuple(Turn(" ".join(w.text for w in said), words=said) for said in timed)
    done = redact(Transcript("supplied", turns))
    assert [[w.text for w in t.words] for t in done.transcript.turns] == [
        ["[…]"] * 2,
        ["[…]", "sí"],
    ]
    assert [span.start_seconds for span in done.spans] == [0, 1, 4]


def test_what_is_said_in_a_channel_that_is_not_there_is_silent_in_all():
    assert not silenced(noise(1), [Span(0.0, 1.0, 7)]).channels.any()


def test_a_turn_that_times_no_words_falls_silent_as_a_whole_and_one_without_times_says_so():
    whole = Turn("Mi cédula es 1.023.456.789", None, 0, 2.0, 3.0)
    done = redact(Transcript("supplied", (whole, Turn("ana@ejemplo.co", "Cliente"))))
    assert done.spans == (Span(2.0, 3.0, 0),)
    assert done.untimed == 1
    assert "1.023" not in done.transcript.text and "ana@" not in done.transcript.text


@given(
    st.lists(
        st.sampled_from(["hola", "y", "el", "María", "3001234567", "ana@b.co", "52.123.456", "10"]),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_identifies_is_among_the_hidden_words(words: list[str]):
    (hidden,) = hidden_words([words])
    for word, gone in zip(words, hidden, strict=True):
        if word in ("3001234567", "ana@b.co"):
            assert gone


def test_a_redacted_recording_is_a_wav_like_any_other():
    sound = noise(1)
    again = decoded(wav_of(sound))
    assert again.rate == sound.rate and again.channels.shape == sound.channels.shape
    assert np.abs(again.channels - sound.channels).max() <= 1 / 32_768


@pytest.mark.parametrize(
    ("made", "package"),
    [(FasterWhisper, "faster-whisper"), (Vosk, "vosk"), (SherpaOnnx, "sherpa-onnx")],
)
def test_an_absent_package_is_named(made: type, package: str, tmp_path: Path):
    if find_spec(package.replace("-", "_")) is not None:
        pytest.skip(f"{package} is installed")
    transcriber: Transcriber = made(tmp_path)
    with pytest.raises(MissingPart, match=f"pip install {package}"):
        transcriber.transcribe(noise(1))


def test_tokens_become_words_that_last_until_the_next():
    words = joined_tokens([" bue", "nos", " días"], [0.1, 0.3, 0.8], 2.0)
    assert words == [Word("buenos", 0.1, 0.8), Word("días", 0.8, 2.0)]


class Listening(BaseHTTPRequestHandler):
    """A server that speaks as OpenAI's does."""

    asked: ClassVar[list[tuple[str, str | None, bytes]]] = []
    status: ClassVar[int] = 200
    answer: ClassVar[bytes] = json.dumps(OPENAI | {"segments": []}).encode()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Listening.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Listening) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/v1"
        listening.shutdown()
        thread.join()


def test_an_openai_compatible_server_is_asked_channel_by_channel(server: str):
    told = Endpoint(server, "whisper-1", "secret").transcribe(noise(1))
    assert [(turn.text, turn.channel) for turn in told.turns] == [
        ("Buenos días", 0),
        ("Buenos días", 1),
    ]
    assert told.state == "made"
    for path, key, body in Listening.asked:
        assert (path, key) == ("/v1/audio/transcriptions", "Bearer secret")
        assert b"whisper-1" in body and b"verbose_json" in body and b"RIFF" in body
    assert "secret" not in repr(Endpoint(server, "whisper-1", "secret"))


@pytest.mark.parametrize(
    ("status", "answer", "key"),
    [
        (401, b"", "transcripts.refused"),
        (302, b"", "transcripts.refused"),
        (200, b"<html>", "transcripts.odd_answer"),
        (200, b'{"other": 1}', "transcripts.odd_answer"),
    ],
)
def test_a_server_that_does_not_do_as_it_should_is_told(
    server: str, status: int, answer: bytes, key: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Listening, "status", status)
    monkeypatch.setattr(Listening, "answer", answer)
    with pytest.raises(OperatorError) as refused:
        Endpoint(server, "whisper-1").transcribe(noise(1, 1))
    assert refused.value.key == key and "127.0.0.1" in refused.value.say("es")


def test_audio_leaves_only_by_tls_and_an_absent_server_is_told():
    with pytest.raises(OperatorError, match="https"):
        Endpoint("http://example.com/v1", "m").transcribe(noise(1, 1))
    with pytest.raises(OperatorError, match="does not answer"):
        Endpoint("http://127.0.0.1:9/v1", "m").transcribe(noise(1, 1))
