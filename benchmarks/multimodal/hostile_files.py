"""Files made to harm, and clean ones beside them: one of every kind that is kept."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from email.message import EmailMessage

import pillow_heif
from PIL import Image

from ingestion.media.sandbox import Bounds, run

File = tuple[str, bytes]
"""A name and a content."""
WAV_HEAD = struct.Struct("<4sI4s4sIHHIIHH4sI")


def clean() -> dict[str, File]:
    """Return a small correct file of every kept kind."""
    sounds = {
        "mp3": ("libmp3lame", "mp3"),
        "ogg": ("libopus", "ogg"),
        "flac": ("flac", "flac"),
        "m4a": ("aac", "mp4"),
    }
    files = {name: (f"llamada.{name}", encoded(*how)) for name, how in sounds.items()}
    files |= {"wav": ("llamada 1.wav", wav())}
    images = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
    files |= {name: (f"foto.{name}", image(form)) for name, form in images.items()}
    return files | {
        "heic": ("IMG_0001.HEIC", heic()),
        "pdf": ("recibo.pdf", pdf()),
        "txt": ("nota.txt", "El pedido llegó roto: ¿quién responde?\n".encode()),
        "eml": ("queja.eml", letter(("foto.png", image("PNG")))),
    }


def hostile() -> Iterator[tuple[str, File]]:
    """Yield what is tried, with a file that tries it."""
    png, jpeg, paper, sound = image("PNG"), image("JPEG"), pdf(), wav()
    archive = zipped({"a.class": b"\xca\xfe\xba\xbe" * 8})
    yield from _bombs(png)
    for name, body in (("foto.jpg", jpeg), ("recibo.pdf", paper), ("voz.wav", sound)):
        yield "polyglot with zip", (name, body + archive)
    yield "polyglot with zip", ("voz.mp3", encoded("libmp3lame", "mp3") + archive)
    page = b"<html><script>alert(1)</script></html>"
    for name, body in (("foto.png", png), ("foto.jpg", jpeg), ("recibo.pdf", paper)):
        yield "polyglot with page", (name, body + page)
    yield "polyglot with pdf", ("foto.jpg", jpeg[:2] + _comment(paper) + jpeg[2:])
    yield "something behind", ("foto.png", png + b"\x00\x00secret")
    yield "other kind than its name says", ("foto.png", b"GIF89a" + bytes(64))
    yield from _broken(png, jpeg, paper, sound)
    yield from _active()
    yield from _names(png)


def _bombs(png: bytes) -> Iterator[tuple[str, File]]:
    inner = zipped({"a": bytes(1 << 20)})
    for _ in range(3):
        inner = zipped({f"{n}.zip": inner for n in range(8)})
    yield "zip bomb", ("fotos.zip", inner)
    yield "zip bomb", ("foto.png", inner)
    yield "zip bomb", ("queja.eml", letter(("foto.png", inner)))
    yield "image bomb", ("foto.png", _sized(png, 60_000, 60_000))
    yield "image bomb", ("foto.jpg", _resized_jpeg(image("JPEG")))
    packed = zlib.compress(bytes(64 << 20), 9)
    yield "image bomb", ("foto.png", _with_chunk(png, b"zTXt", b"Comment\x00\x00" + packed))
    stream = zlib.compress(bytes(96 << 20), 9)
    yield (
        "pdf bomb",
        ("recibo.pdf", pdf(b"<</Filter/FlateDecode/Length %d>>" % len(stream), stream)),
    )
    yield "pdf bomb", ("recibo.pdf", pdf().replace(b"/Count 1", b"/Count 999999"))
    rate_of_one = WAV_HEAD.pack(
        b"RIFF", 100_036, b"WAVE", b"fmt ", 16, 1, 1, 1, 1, 1, 8, b"data", 100_000
    )
    yield "sound bomb", ("voz.wav", rate_of_one + bytes(100_000))


def _broken(png: bytes, jpeg: bytes, paper: bytes, sound: bytes) -> Iterator[tuple[str, File]]:
    files = {"foto.png": png, "foto.jpg": jpeg, "recibo.pdf": paper, "voz.wav": sound}
    files |= {"foto.webp": image("WEBP"), "foto.heic": heic(), "voz.m4a": encoded("aac", "mp4")}
    files |= {"voz.ogg": encoded("libopus", "ogg"), "voz.flac": encoded("flac", "flac")[:30]}
    for name, body in files.items():
        yield "broken", (name, body[: len(body) * 2 // 3])
    yield "broken", ("foto.png", png.replace(b"IHDR", b"IHDX"))
    yield "broken", ("foto.jpg", b"\xff\xd8\xff" + bytes(100))
    yield "broken", ("voz.mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f")
    yield "broken", ("voz.wav", sound.replace(b"fmt ", b"fmx "))
    yield "broken", ("vacio.txt.png", b"")


def _active() -> Iterator[tuple[str, File]]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "script in svg", ("dibujo.svg", svg)
    yield "script in svg", ("dibujo.png", b"<?xml version='1.0'?>\n<!-- a -->\n" + svg)
    yield "script in svg", ("queja.eml", letter(("dibujo.svg", svg)))
    yield "page", ("nota.txt", b"<!DOCTYPE html><body onload=alert(1)>")
    yield "page", ("nota.txt", b"hola <script>alert(1)</script>")
    open_xml = zipped({"[Content_Types].xml": b"<Types/>", "word/vbaProject.bin": b"\xd0\xcf"})
    yield "macros", ("carta.docm", open_xml)
    yield "macros", ("carta.pdf", open_xml)
    yield "macros", ("carta.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    yield "macros", ("queja.eml", letter(("carta.docm", open_xml)))
    yield "program", ("foto.png", b"MZ" + bytes(512))
    yield "program", ("nota.txt", b"#!/bin/sh\nrm -rf /\n")
    for said in (
        b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
        b"/OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>",
        b"/OpenAction<</S/Launch/F(cmd.exe)>>",
        b"/Names<</EmbeddedFiles<</Names[(a)3 0 R]>>>>",
        b"/AcroForm<</XFA 3 0 R>>",
    ):
        yield "script in pdf", ("recibo.pdf", pdf(catalog=said))
    hidden = zlib.compress(b"5 0 <</S/JavaScript/JS(app.alert(1))>>")
    about = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(hidden)
    yield "script in pdf", ("recibo.pdf", pdf(about, hidden))
    yield "locked pdf", ("recibo.pdf", pdf().replace(b"trailer<<", b"trailer<</Encrypt 9 0 R"))


def _names(png: bytes) -> Iterator[tuple[str, File]]:
    for name in (
        "../../etc/passwd.png",
        "..\\foto.png",
        "/etc/foto.png",
        ".foto.png",
        "foto\x00.png",
        "foto\n.png",
        "foto\x1b[31m.png",
        "foto\u202egnp.exe",
        "foto\u200f.png",
        "foto.png.exe",
    ):
        yield "name", (name, png)


def wav(seconds: int = 1, rate: int = 8_000) -> bytes:
    """Return silence."""
    size = 2 * seconds * rate
    head = (b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", size)
    return WAV_HEAD.pack(*head) + bytes(size)


def encoded(codec: str, form: str) -> bytes:
    """Return a second of silence in a codec."""
    command = ["ffmpeg", "-loglevel", "error", "-i", "/dev/stdin", "-c:a", codec, "-f", form]
    moved = ["-movflags", "frag_keyframe+empty_moov"] if form == "mp4" else []
    return run([*command, *moved, "pipe:1"], wav(), Bounds())


def image(form: str) -> bytes:
    """Return a small picture."""
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, form)
    return written.getvalue()


def heic() -> bytes:
    """Return a small picture as a telephone writes it."""
    written = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64), "teal")).save(written)
    return written.getvalue()


def pdf(about: bytes = b"<</Length 0>>", stream: bytes = b"", catalog: bytes = b"") -> bytes:
    """Return a PDF of one page, with a stream and more in its catalog."""
    parts = [
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + catalog + b">>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n",
        b"4 0 obj" + about + b"stream\n" + stream + b"\nendstream endobj\n",
    ]
    body, places = b"", []
    for part in parts:
        places.append(len(body) + part.index(b" 0 obj") - 1)
        body += part
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def letter(*files: File) -> bytes:
    """Return an e-mail with files."""
    message = EmailMessage()
    message["From"], message["To"] = "cliente@ejemplo.co", "pqr@ejemplo.co"
    message["Subject"] = "Pedido roto"
    message.set_content("Adjunto la foto.")
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def zipped(files: dict[str, bytes]) -> bytes:
    """Return an archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def _comment(content: bytes) -> bytes:
    return b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content


def _sized(png: bytes, width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + head + struct.pack(">I", zlib.crc32(head)) + png[33:]


def _with_chunk(png: bytes, mark: bytes, body: bytes) -> bytes:
    chunk = struct.pack(">I", len(body)) + mark + body + struct.pack(">I", zlib.crc32(mark + body))
    return png[:33] + chunk + png[33:]


def _resized_jpeg(jpeg: bytes) -> bytes:
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", 65_000, 65_000) + jpeg[place + 4 :]
