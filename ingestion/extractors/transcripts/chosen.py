"""Who makes transcripts, as the installation's settings say it; nobody by default."""

from collections.abc import Callable
from pathlib import Path

from foundation.errors import OperatorError
from foundation.settings import Settings
from ingestion.extractors.transcripts.endpoint import Endpoint
from ingestion.extractors.transcripts.transcribers import (
    FasterWhisper,
    SherpaOnnx,
    Transcriber,
    Vosk,
)

IN_A_FOLDER: dict[str, Callable[[Path, str], Transcriber]] = {
    "faster-whisper": FasterWhisper,
    "vosk": Vosk,
    "sherpa-onnx": SherpaOnnx,
}


def transcriber_of(settings: Settings, language: str) -> Transcriber | None:
    """Return who makes transcripts of calls in a language, None where nobody does.

    Raises
    ------
    OperatorError
        The file of the endpoint's key cannot be read.
    """
    kind, _, place = settings.transcriber.partition(":")
    if not kind:
        return None
    if kind in IN_A_FOLDER:
        return IN_A_FOLDER[kind](Path(place), language)
    url, _, model = settings.transcriber.partition("#")
    return Endpoint(url, model, _key(settings.transcriber_key_file), language)


def _key(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError("transcripts.no_key", file=file.name) from error
