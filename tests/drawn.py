"""Receipts drawn for tests: as words with places, as a picture, and as a PDF with its own text."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from ingestion.extractors.documents.pages import Page
from ingestion.extractors.images.ocr import Word

LETTER, LINE = 10.0, 28.0


def page(*lines: str) -> Page:
    """Return a page as a reader of text would give it; ``!`` before a line makes it twice as high.

    Each run of spaces is kept, so that columns stand where they are written.
    """
    words, top = [], 20.0
    for number, line in enumerate(lines):
        times = 2.0 if line.startswith("!") else 1.0
        text, at = line.lstrip("!"), 0
        for piece in text.split(" "):
            if piece:
                place = (at * LETTER * times, top, len(piece) * LETTER * times, 20 * times)
                words.append(Word(piece, *place, 0.95, number))
            at += len(piece) + 1
        top += LINE * times
    return Page(600, top, tuple(words))


def picture(lines: Sequence[str], size: int = 24, ink: str = "black") -> Image.Image:
    """Return a picture of lines of text; two spaces or more push the rest to the right border."""
    drawn = Image.new("RGB", (26 * size, (len(lines) + 3) * size * 3 // 2), "white")
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(size)
    for number, line in enumerate(lines):
        left, _, right = (part.strip() for part in line.partition("  "))
        top = (number + 1.5) * size * 1.5
        pen.text((size, top), left, ink, font)
        pen.text((25 * size, top), right, ink, font, anchor="ra")
    return drawn


def as_file(drawn: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture as the bytes of a file."""
    written = BytesIO()
    drawn.save(written, kind, **options)
    return written.getvalue()


def pdf(lines: Sequence[str], pages: int = 1) -> bytes:
    """Return a PDF whose pages show the lines as text in Helvetica, at 12 points."""
    rows = [f"1 0 0 1 40 {780 - 16 * n} Tm ({_escaped(line)}) Tj" for n, line in enumerate(lines)]
    stream = f"BT /F1 12 Tf {' '.join(rows)} ET".encode("latin-1")
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    content = 4 + pages
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *[
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        ]
        * pages,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    return _written(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _written(objects: Sequence[bytes]) -> bytes:
    file, places = BytesIO(), []
    file.write(b"%PDF-1.4\n")
    for number, each in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%b\nendobj\n" % (number, each))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    size = len(objects) + 1
    file.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
    return file.getvalue()
