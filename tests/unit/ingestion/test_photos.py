"""Photos open upright or are refused, say whether they are of use, and are known again."""

import shutil
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from foundation.errors import InvalidUpload, TooLarge
from ingestion.extractors.images import extract
from ingestion.extractors.images.alike import (
    as_numbers,
    bits_apart,
    near_duplicates,
    perceptual_hash,
)
from ingestion.extractors.images.ocr import Word, parsed
from ingestion.extractors.images.photo import seen
from ingestion.extractors.images.sharpness import look
from ingestion.extractors.images.words import words
from ingestion.media.limits import accept
from ingestion.media.picture import opened
from ingestion.media.pictures import MOST_PIXELS
from tests.conftest import require
from tests.drawn import as_file, picture

LINES = ("TIENDA EL SOL", "Arroz  3.200", "Panela  4.100", "Leche  2.900", "TOTAL  10.200")
ROTATED = 6
"""EXIF: the camera was turned by 90°."""


def scene(seed: int = 0) -> Image.Image:
    """Return what a photo of things looks like: shapes of many sizes, with grain."""
    rng = np.random.default_rng(seed)
    drawn = Image.new("RGB", (640, 480), tuple(int(v) for v in rng.integers(60, 200, 3)))
    for _ in range(60):
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        left, top = int(rng.integers(0, 600)), int(rng.integers(0, 440))
        wide, high = (int(v) for v in rng.integers(10, 160, 2))
        drawn.paste(colour, (left, top, left + wide, top + high))
    grain = rng.normal(0, 4, (480, 640, 3))
    return Image.fromarray(np.clip(np.asarray(drawn, float) + grain, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_kept_kind_opens(kind: str) -> None:
    assert opened(as_file(scene(), kind)).size == (640, 480)


def test_a_photo_taken_with_the_camera_turned_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = ROTATED
    upright = opened(as_file(scene(), "JPEG", exif=turned))
    assert upright.size == (480, 640)


def test_what_is_transparent_is_white() -> None:
    assert opened(as_file(Image.new("RGBA", (9, 9), (0, 0, 0, 0)))).getpixel((4, 4)) == (255,) * 3


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    bomb = as_file(Image.new("1", (9000, 9000)))
    assert len(bomb) < 20_000
    with pytest.raises(TooLarge) as refused:
        opened(bomb)
    assert "64 megapíxeles" in refused.value.say("es")


def test_what_passes_the_door_is_opened_and_what_is_not_is_told_there() -> None:
    sides = (MOST_PIXELS // 8_000, 8_000)
    most = as_file(Image.new("1", sides))
    assert accept("foto.png", most).pixels == MOST_PIXELS
    assert opened(most).size == sides
    with pytest.raises(TooLarge) as refused:
        accept("foto.png", as_file(Image.new("1", (sides[0] + 1, sides[1]))))
    assert "«foto.png»" in refused.value.say("es") and "64 millones" in refused.value.say("es")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "picture.broken"),
        (b"<svg onload='alert(1)'/>", "picture.broken"),
        (as_file(scene(), "JPEG")[:4000], "picture.broken"),
        (as_file(scene(), "GIF"), "picture.broken"),
        (as_file(Image.new("L", (3, 3))), "picture.tiny"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(InvalidUpload) as refused:
        opened(content)
    assert refused.value.key == key
    assert "nvíela" in refused.value.say("es")


@pytest.mark.parametrize(
    ("taken", "faults"),
    [
        (scene(), ()),
        (scene().filter(ImageFilter.GaussianBlur(4)), ("blurred",)),
        (ImageEnhance.Brightness(scene()).enhance(0.08), ("too_dark",)),
        (Image.new("RGB", (300, 300), (252, 253, 252)), ("too_bright",)),
        (Image.new("RGB", (300, 300), (120, 120, 120)), ("blank",)),
    ],
)
def test_a_photo_says_whether_it_is_of_use(taken: Image.Image, faults: tuple[str, ...]) -> None:
    assert look(taken).faults() == faults


def test_a_page_of_text_is_white_and_not_too_bright() -> None:
    drawn = look(picture(LINES))
    assert (drawn.faults(), drawn.faults(is_page=True)) == (("too_bright",), ())


def test_sharpness_does_not_depend_on_the_size_of_the_camera() -> None:
    small = scene()
    large = small.resize((2560, 1920), Image.Resampling.BICUBIC)
    twice = large.resize((1280, 960), Image.Resampling.BOX)
    assert look(large).faults() == look(twice).faults() == ()


def test_the_customer_is_asked_in_both_languages() -> None:
    blurred = seen(scene().filter(ImageFilter.GaussianBlur(4)))
    assert blurred.requests()[0].startswith("La foto está borrosa, por favor repita")
    assert blurred.requests("en")[0].startswith("The photo is blurred")


def test_a_photo_sent_again_is_known_and_another_is_not() -> None:
    first = scene()
    again = opened(as_file(first.resize((320, 240)), "JPEG", quality=40))
    assert near_duplicates(perceptual_hash(first), perceptual_hash(again))
    hashes = as_numbers(perceptual_hash(scene(seed)) for seed in range(20))
    assert bits_apart(hashes[0], hashes[1:]).min() > 8


def test_the_words_of_tesseracts_table_have_places_and_confidence() -> None:
    rows = ("level …", "1 1 0 0 0 0 0 0 99 99 -1 ", "5 1 1 1 1 1 10 20 30 8 91.5 Hola")
    table = "\n".join(rows).replace(" ", "\t")
    assert parsed(table) == (Word("Hola", 10, 20, 30, 8, 0.915, 0),)


def test_words_are_read_with_their_places() -> None:
    require(shutil.which("tesseract"), "Tesseract")
    drawn = Image.new("RGB", (1400, 900), "white")
    drawn.paste(picture(LINES, 20), (300, 200))
    photo = extract(as_file(drawn))
    total = next(word for word in photo.words if word.text == "TOTAL")
    assert photo.faults == ()
    assert 310 < total.left < 330
    assert 200 + 5.5 * 30 < total.middle < 200 + 6.5 * 30 + 10


@pytest.mark.parametrize(("ink", "ground"), [("#202020", "#c8c0a8"), ("white", "#203060")])
def test_a_word_or_two_on_a_photo_are_read_with_their_places(ink: str, ground: str) -> None:
    require(shutil.which("tesseract"), "Tesseract")
    drawn = Image.new("RGB", (1600, 1200), ground)
    ImageDraw.Draw(drawn).text((400, 500), "ERROR 404", ink, ImageFont.load_default(90))
    first, second = words(drawn)
    assert (first.text, second.text) == ("ERROR", "404")
    assert abs(first.left - 400) < 30 and 480 < first.middle < 620


def test_what_only_looks_like_letters_says_nothing() -> None:
    require(shutil.which("tesseract"), "Tesseract")
    assert [words(scene(seed)) for seed in range(2)] == [()] * 2


def test_a_photo_without_letters_is_not_given_to_tesseract() -> None:
    flat = BytesIO()
    Image.new("RGB", (400, 300), (90, 120, 90)).save(flat, "JPEG")
    assert extract(flat.getvalue()).words == ()
