"""Makers of transcripts on this machine, each from a model folder that the user points to.

None of their packages comes with the platform: who wants one installs it, and is told its name
where it is absent. Channels are transcribed one by one, so that each side keeps its own words.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from foundation.errors import MissingPart, OperatorError
from ingestion.extractors.transcripts.transcript import Spoken, Transcript, Word, turns_of
from ingestion.media.sound import FULL_SCALE, Sound

Samples = npt.NDArray[np.float32]
Foreign = Any
"""What an optional package gives, of which nothing is known here."""
FINE = 16_000
"""Rate that whisper and most models of sherpa-onnx were made for."""
PIECE_SAMPLES = 8_000


class Transcriber(Protocol):
    """Makes a transcript of a recording."""

    @property
    def name(self) -> str:
        """What its transcripts name as their source."""

    def transcribe(self, sound: Sound) -> Transcript:
        """Return what was said; without a word heard, a transcript of no turns.

        Raises
        ------
        MissingPart, OperatorError
            Its package or model is absent, or its server does not answer.
        """


@dataclass(frozen=True)
class FasterWhisper:
    """faster-whisper (CTranslate2) with a converted Whisper model."""

    folder: Path
    language: str = "es"
    name: str = "faster-whisper"

    def transcribe(self, sound: Sound) -> Transcript:
        """Return what was said."""
        package = _package("faster_whisper", self.name)
        model = package.WhisperModel(
            str(_model(self.folder)), device="cpu", compute_type="int8", local_files_only=True
        )
        return _made(sound, self.name, self.language, lambda one: self._words(model, one))

    def _words(self, model: Foreign, samples: Samples) -> Iterator[Word]:
        segments, _ = model.transcribe(samples, language=self.language, word_timestamps=True)
        for segment in segments:
            for one in segment.words or ():
                yield Word(one.word.strip(), one.start, one.end, one.probability)


@dataclass(frozen=True)
class Vosk:
    """Vosk (Kaldi), which listens at the model's rate."""

    folder: Path
    language: str = "es"
    name: str = "vosk"

    def transcribe(self, sound: Sound) -> Transcript:
        """Return what was said."""
        package = _package("vosk", self.name)
        model = package.Model(str(_model(self.folder)))
        return _made(sound, self.name, self.language, lambda one: _vosk(package, model, one))


@dataclass(frozen=True)
class SherpaOnnx:
    """sherpa-onnx with a transducer: encoder, decoder, joiner and ``tokens.txt`` in one folder."""

    folder: Path
    language: str = "es"
    name: str = "sherpa-onnx"

    def transcribe(self, sound: Sound) -> Transcript:
        """Return what was said; a word lasts until the next begins, for tokens say no ends."""
        package = _package("sherpa_onnx", self.name)
        folder = _model(self.folder)
        parts = {part: str(_file(folder, f"*{part}*.onnx")) for part in SHERPA_PARTS}
        tokens = str(_file(folder, "tokens.txt"))
        made = package.OfflineRecognizer.from_transducer(tokens=tokens, num_threads=1, **parts)
        return _made(sound, self.name, self.language, lambda one: _sherpa(made, one))


SHERPA_PARTS = ("encoder", "decoder", "joiner")


def _vosk(package: Foreign, model: Foreign, samples: Samples) -> Iterator[Word]:
    listening = package.KaldiRecognizer(model, FINE)
    listening.SetWords(True)
    whole = (np.clip(samples, -1, 1) * (FULL_SCALE - 1)).astype("<i2").tobytes()
    told = [
        listening.Result()
        for place in range(0, len(whole), 2 * PIECE_SAMPLES)
        if listening.AcceptWaveform(whole[place : place + 2 * PIECE_SAMPLES])
    ]
    for piece in (*told, listening.FinalResult()):
        for one in json.loads(piece).get("result", ()):
            yield Word(one["word"], one["start"], one["end"], one.get("conf"))


def _sherpa(recognizer: Foreign, samples: Samples) -> Iterator[Word]:
    stream = recognizer.create_stream()
    stream.accept_waveform(FINE, samples)
    recognizer.decode_stream(stream)
    tokens, starts = stream.result.tokens, list(stream.result.timestamps)
    yield from joined_tokens(tokens, starts, len(samples) / FINE)


def joined_tokens(tokens: list[str], starts: list[float], end: float) -> list[Word]:
    """Return tokens as words: a token that begins with a space, or ``▁``, begins one."""
    words: list[tuple[str, float]] = []
    for token, start in zip(tokens, starts, strict=True):
        begins = token[:1] in (" ", "▁") or not words
        if begins:
            words.append((token.lstrip(" ▁"), start))
        else:
            words[-1] = (words[-1][0] + token, words[-1][1])
    ends = [*(start for _, start in words[1:]), end]
    return [Word(text, s, max(s, e)) for (text, s), e in zip(words, ends, strict=True) if text]


def _made(
    sound: Sound, name: str, language: str, words: Callable[[Samples], Iterator[Word]]
) -> Transcript:
    several = len(sound.channels) > 1
    spoken: list[Spoken] = []
    for number, samples in enumerate(sound.channels):
        heard = words(_fine(samples, sound.rate))
        spoken += [(word, None, number if several else None) for word in heard]
    return Transcript("made", turns_of(spoken), name, language)


def _fine(samples: Samples, rate: int) -> Samples:
    if rate == FINE:
        return samples
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples, FINE // 1000, rate // 1000), dtype=np.float32)


def _package(module: str, name: str) -> Foreign:
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingPart("transcripts.missing", package=name) from error


def _model(folder: Path) -> Path:
    if not folder.is_dir():
        raise OperatorError("transcripts.no_model", folder=folder.name)
    return folder


def _file(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise OperatorError("transcripts.no_model_file", folder=folder.name, file=pattern)
    return found[0]
