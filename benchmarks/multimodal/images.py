"""Photos: blur and light, near-duplicates, a few words, and a classifier of labelled images.

Blur, darkness and repetition are made from the real pictures of ``shared/data``; the two photos of
damaged packages are too few to judge a classifier of damage, and it is judged on pieces of them:
learned from the left half of each, judged on the right. That tells whether it learns, no more.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import combinations
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from benchmarks.multimodal.documents import SET
from benchmarks.real_tables import DATA
from benchmarks.table import Line
from ingestion.extractors.images.alike import near_duplicates, perceptual_hash
from ingestion.extractors.images.features import features
from ingestion.extractors.images.sharpness import LONGER_SIDE, look
from ingestion.extractors.images.training import look_at, train
from ingestion.extractors.images.words import words
from ingestion.media.picture import opened

PACKAGES = DATA / "images_package_damage"
RECEIPTS = {False: 40, True: 6}
BLURS = (3.0, 5.0)
"""Standard deviation in pixels where the longer side has 1,024: text of receipts is lost."""
DARKER = 0.12
PIECES, QUICK_PIECES = 6, 8
"""Rows and columns that each half of a package's photo is cut into; every eighth, where quick."""
PHRASES = ("ERROR 404", "NO HAY LUZ", "SIN SEÑAL", "FALLA E-15", "BATERIA BAJA", "REINICIE")
PLATES = (("#202020", "#d8d0b8"), ("white", "#203060"), ("#101010", "white"))
LETTERS, WIDE = (32, 48, 72), 960
"""Pixels of the letters, and of the photo that they stand on."""


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of photos."""
    packages = sorted(PACKAGES.glob("*.jpg"))
    receipts = sorted((SET / "img").glob("*.jpg"))[: RECEIPTS[quick]]
    pictures = [opened(file.read_bytes()) for file in (*packages, *receipts)]
    figures = [*_looks(pictures), *_repeats(pictures), *_classifier(packages)]
    return [*figures, *_few_words(packages, quick)], [
        "Scans of receipts are nearly white pages of one layout: the hash tells photos apart, and "
        "two scans of one company's receipts it may take for one.",
        "Two photos of packages are all the labelled ones there are: the classifier's figure shows "
        "that it learns, and is none of its worth on a tenant's photos; the card tells that.",
    ]


def _looks(pictures: list[Image.Image]) -> Iterator[Line]:
    count = len(pictures)
    blurred = [
        look(p.filter(ImageFilter.GaussianBlur(_pixels(b, p)))) for p in pictures for b in BLURS
    ]
    found = sum(each.faults(is_page=True) == ("blurred",) for each in blurred)
    how = (
        f"{count} pictures, blurred by {' and '.join(f'{b:g}' for b in BLURS)} px of {LONGER_SIDE}"
    )
    yield Line("blurred photos found", found / len(blurred), "", None, "", how, 0.95, 3)
    dark = [look(ImageEnhance.Brightness(picture).enhance(DARKER)) for picture in pictures]
    found = sum(each.faults(is_page=True) == ("too_dark",) for each in dark)
    how = f"{count} pictures at {DARKER:.0%} of their light"
    yield Line("dark photos found", found / count, "", None, "", how, 0.95, 3)
    wrong = sum(bool(look(picture).faults(is_page=True)) for picture in pictures)
    how = f"{count} pictures as they are, of {count} none is useless"
    yield Line("good photos refused", wrong / count, "", 0.03, "", how, None, 3)


def _repeats(pictures: list[Image.Image]) -> Iterator[Line]:
    hashes = [perceptual_hash(picture) for picture in pictures]
    again = [perceptual_hash(_sent_again(picture)) for picture in pictures]
    found = sum(near_duplicates(one, other) for one, other in zip(hashes, again, strict=True))
    how = "at 60 % of the size, JPEG of quality 40, 10 % lighter"
    yield Line("photos sent again, found", found / len(pictures), "", None, "", how, 0.95, 3)
    pairs = list(combinations(hashes, 2))
    wrong = sum(near_duplicates(one, other) for one, other in pairs)
    how = f"{len(pairs)} pairs of different pictures, nearly all receipts"
    yield Line("different photos taken for one", wrong / len(pairs), "", None, "", how, None, 4)


def _classifier(packages: Sequence[Path]) -> Iterator[Line]:
    left, right = ([(c, f.stem) for f in packages for c in _pieces(f, half)] for half in (0, 1))
    trained = train([look_at(content) for content, _ in left], [label for _, label in left])
    numbers = [features(opened(content)) for content, _ in right]
    told = [label for _, label in right]
    accuracy = sum(trained.model.predict(numbers) == told) / len(told)
    majority = max(told.count(label) for label in told) / len(told)
    card = trained.card
    how = (
        f"{len(left)} pieces to learn from, {len(right)} others to judge; {card.chosen}; its card "
        f"says {card.accuracy:.2f} ({card.low:.2f} to {card.high:.2f})"
    )
    peer = f"most frequent label {majority:.2f}"
    yield Line("package damage: accuracy", accuracy, "", None, peer, how, majority + 0.1)


def _few_words(packages: Sequence[Path], quick: bool) -> Iterator[Line]:
    every = [opened(c) for file in packages for half in (0, 1) for c in _pieces(file, half)]
    pieces = every[:: QUICK_PIECES if quick else 1]
    said = [[word.text for word in words(_written(p, n))] for n, p in enumerate(pieces)]
    found = sum(set(_phrase(n).split()) <= set(told) for n, told in enumerate(said))
    how = f"{len(pieces)} pieces of photos with a plate of one to three words, dark or light"
    yield Line("a word or two on a photo, read", found / len(pieces), "", None, "", how, 0.9, 3)
    wrong = sum(bool(words(piece)) for piece in pieces)
    how = f"{len(pieces)} pieces of photos without any"
    yield Line("words told where there are none", wrong / len(pieces), "", 0.05, "", how, None, 3)


def _phrase(number: int) -> str:
    return PHRASES[number % len(PHRASES)]


def _written(piece: Image.Image, number: int) -> Image.Image:
    """Return a piece, larger, with a plate on it that says something."""
    drawn = piece.resize((WIDE, WIDE * 3 // 4), Image.Resampling.BICUBIC)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(LETTERS[number % len(LETTERS)])
    ink, plate = PLATES[number % len(PLATES)]
    box = pen.textbbox((WIDE // 8, WIDE // 4), _phrase(number), font)
    pen.rectangle((box[0] - 20, box[1] - 20, box[2] + 20, box[3] + 20), plate)
    pen.text((WIDE // 8, WIDE // 4), _phrase(number), ink, font)
    return opened(_jpeg(drawn, 80))


def _pieces(file: Path, half: int) -> Iterator[bytes]:
    picture = opened(file.read_bytes())
    wide, high = picture.width // 2, picture.height
    for row in range(PIECES):
        for column in range(PIECES):
            left, top = half * wide + column * wide // PIECES, row * high // PIECES
            part = picture.crop((left, top, left + wide // PIECES, top + high // PIECES))
            yield _jpeg(part, 90)


def _pixels(blur: float, picture: Image.Image) -> float:
    return blur * max(1.0, max(picture.size) / LONGER_SIDE)


def _sent_again(picture: Image.Image) -> Image.Image:
    smaller = picture.resize((round(picture.width * 0.6), round(picture.height * 0.6)))
    return opened(_jpeg(ImageEnhance.Brightness(smaller).enhance(1.1), 40))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()
