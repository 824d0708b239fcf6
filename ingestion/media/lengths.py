"""How long a recording is, from its headers: before anything of it is decoded.

Sources: RIFF WAVE (Microsoft 1994), Ogg (RFC 3533) with Opus (RFC 7845) and Vorbis, FLAC
(RFC 9639), MPEG audio (ISO/IEC 11172-3), ISO base media (14496-12).
"""

import struct

from ingestion.media.boxes import boxes
from ingestion.media.kinds import Refusal

OPEN_LENGTHS = (0, 0xFFFFFFFF)
"""What writers of a WAV put where they cannot go back to say how long it became."""
OPUS_RATE = 48_000
RATES = (44_100, 48_000, 32_000)
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Kilobits a second of layer III, of MPEG 1 and of MPEG 2."""


def seconds(content: bytes, name: str) -> float:
    """Return how long a recording says it is.

    Raises
    ------
    Refusal
        Its headers are damaged, or it holds no sound.
    ValueError, IndexError, struct.error
        Its headers end too early.
    """
    return {"wav": _wav, "ogg": _ogg, "flac": _flac, "mp3": _mp3, "m4a": _m4a}[name](content)


def _wav(content: bytes) -> float:
    order = ">" if content.startswith(b"RIFX") else "<"
    place, rate = 12, 0
    while True:
        mark, length = struct.unpack_from(f"{order}4sI", content, place)
        if mark == b"fmt ":
            channels, hertz, rate = struct.unpack_from(f"{order}HII", content, place + 10)
            if not (channels and hertz and rate):
                raise Refusal("media.broken", kind="wav")
        if mark == b"data":
            there = len(content) - place - 8
            taken = there if length in OPEN_LENGTHS else length
            if not rate or taken > there + 1:
                raise Refusal("media.broken", kind="wav")
            return taken / rate
        place += 8 + length + length % 2


def _ogg(content: bytes) -> float:
    rates, ends, place = dict[int, int](), dict[int, int](), 0
    while place < len(content) and content.startswith(b"OggS", place):
        _, end, stream = struct.unpack_from("<BqI", content, place + 5)
        segments = content[place + 26]
        table = content[place + 27 : place + 27 + segments]
        start = place + 27 + segments
        if stream not in rates:
            rates[stream] = _ogg_rate(content[start : start + 64])
        ends[stream] = max(end, ends.get(stream, 0))
        place = start + sum(table)
    if place != len(content):
        raise Refusal("media.broken", kind="ogg")
    return sum(end / rates[stream] for stream, end in ends.items())


def _ogg_rate(packet: bytes) -> int:
    if packet.startswith(b"OpusHead"):
        return OPUS_RATE
    if packet.startswith(b"\x01vorbis"):
        (rate,) = struct.unpack_from("<I", packet, 12)
    elif packet.startswith(b"\x7fFLAC"):
        rate = int.from_bytes(packet[27:30], "big") >> 4
    elif packet.startswith(b"Speex   "):
        (rate,) = struct.unpack_from("<I", packet, 36)
    else:
        raise Refusal("media.no_sound")
    if not rate:
        raise Refusal("media.broken", kind="ogg")
    return int(rate)


def _flac(content: bytes) -> float:
    packed = int.from_bytes(content[18:26], "big")
    rate, samples = packed >> 44, packed & (1 << 36) - 1
    if content[4] & 0x7F or not rate or len(content) < 42:
        raise Refusal("media.broken", kind="flac")
    return samples / rate


def _mp3(content: bytes) -> float:
    place = 0
    if content.startswith(b"ID3"):
        size = content[6:10]
        place = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    frames, told = 0, 0.0
    while (frame := _frame(content, place)) is not None:
        place, frames, told = place + frame[0], frames + 1, told + frame[1]
    if frames < 2:
        raise Refusal("media.broken", kind="mp3")
    return told


def _frame(content: bytes, place: int) -> tuple[int, float] | None:
    """Return the bytes and seconds of the frame that begins at a place."""
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return None
    first = head[1] & 0x18 == 0x18
    bitrate, sampling = head[2] >> 4, head[2] >> 2 & 3
    if bitrate in (0, 15) or sampling == 3:
        return None
    rate = RATES[sampling] >> (0 if first else 1 if head[1] & 0x10 else 2)
    kilobits = (BITRATES_1 if first else BITRATES_2)[bitrate]
    size = (144_000 if first else 72_000) * kilobits // rate + (head[2] >> 1 & 1)
    return size, (1152 if first else 576) / rate


def _m4a(content: bytes) -> float:
    told, handlers = 0.0, set[bytes]()
    for path, body in boxes(content):
        if path[-1] == b"mvhd":
            scale, length = struct.unpack_from(">II", body, 12)
            if body[0] == 1:
                scale, length = struct.unpack_from(">IQ", body, 20)
            told = length / scale
        if path[-1] == b"hdlr" and b"mdia" in path:
            handlers.add(body[8:12])
    if b"vide" in handlers or b"soun" not in handlers:
        raise Refusal("media.no_sound")
    return told
