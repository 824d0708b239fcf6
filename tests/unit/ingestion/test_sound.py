"""Recordings of every kept kind become channels; what is none is refused with a sentence."""

import shutil
import subprocess
from io import BytesIO

import numpy as np
import pytest
from scipy.io import wavfile

from foundation.errors import InvalidUpload, TooLarge
from ingestion.extractors.audio import extract
from ingestion.media.sound import decoded
from tests.conftest import require


@pytest.fixture(autouse=True)
def ffmpeg() -> None:
    require(shutil.which("ffmpeg"), "ffmpeg")


def recording(seconds: float = 1.0, rate: int = 8000, channels: int = 2) -> bytes:
    file, time = BytesIO(), np.arange(round(seconds * rate)) / rate
    tones = [8000 * np.sin(2 * np.pi * 440 * (k + 1) * time) for k in range(channels)]
    wavfile.write(file, rate, np.stack(tones, axis=1).astype(np.int16))
    return file.getvalue()


def as_kind(*options: str) -> bytes:
    command = ["ffmpeg", "-v", "error", "-i", "pipe:0", *options, "pipe:1"]
    return subprocess.run(command, input=recording(), capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("rate", "expected"), [(8000, 8000), (11025, 8000), (16000, 16000), (44100, 16000)]
)
def test_the_rate_is_the_nearer_of_two(rate: int, expected: int) -> None:
    sound = decoded(recording(rate=rate))
    assert (sound.rate, sound.channels.shape[0]) == (expected, 2)
    assert sound.seconds == pytest.approx(1.0, abs=0.01)
    assert np.abs(sound.channels).max() == pytest.approx(8000 / 32768, abs=0.01)


@pytest.mark.parametrize(
    "options",
    [
        ("-f", "mp3"),
        ("-c:a", "libopus", "-f", "ogg"),
        ("-f", "flac"),
        ("-movflags", "frag_keyframe+empty_moov", "-f", "ipod"),
        ("-c:a", "pcm_mulaw", "-f", "wav"),
    ],
)
def test_every_kept_kind_is_opened(options: tuple[str, ...]) -> None:
    sound = decoded(as_kind(*options))
    assert sound.channels.shape[0] == 2
    assert sound.seconds == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "sandbox.refused"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "sandbox.refused"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "sandbox.refused"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "sandbox.refused"),
        (recording(seconds=0), "sound.empty"),
        (recording(seconds=0.1, channels=9), "sound.channels"),
    ],
)
def test_what_is_no_recording_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(InvalidUpload) as caught:
        decoded(content)
    assert caught.value.key == key


def test_a_recording_that_is_too_long_is_not_analysed() -> None:
    with pytest.raises(TooLarge, match="longer"):
        decoded(recording(seconds=3), most_seconds=1)


def test_a_file_is_extracted_whole() -> None:
    told = extract(as_kind("-f", "mp3"))
    assert (told.rate, told.layout) == (8000, "channels")
