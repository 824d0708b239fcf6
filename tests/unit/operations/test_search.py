"""One search box: what is found, in which order, and where in the text, the call or the image."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest

from foundation.errors import InvalidRequest, NotFound
from operations.search.document import Box, Document, Mark, Part, Source, read, written
from operations.search.index import LOOKED, Hit, Page, SearchIndex
from operations.search.places import Place
from operations.search.question import DEEPEST_HIT, LONGEST_QUERY, Question

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def incident(number: str, *texts: str, day: int = 0, **known: str | None) -> Document:
    parts = tuple(Part.written(f"text{n}", text) for n, text in enumerate(texts))
    return Document(number, parts, opened_at=NEW_YEAR + timedelta(days=day), **known)


BILL = incident("bill", "La facturación llegó con un valor errado", day=1, channel="chat")
TWICE = incident("twice", "Me cobraron la factura dos veces", day=2, channel="phone")
DOWN = incident("down", "El internet se cae todas las noches", day=3, channel="chat")
SLOW = incident("slow", "Todas las noches el internet es lento", day=4, channel="phone")
ALL = (BILL, TWICE, DOWN, SLOW)

Made = Callable[..., SearchIndex]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    numbers = iter(range(100))
    yield lambda *documents: SearchIndex.made(tmp_path / str(next(numbers)), documents)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return SearchIndex.made(tmp_path_factory.mktemp("search") / "index", ALL)


def numbers(page: Page) -> list[str]:
    return [hit.document.incident_id for hit in page.hits]


def found(index: SearchIndex, words: str = "", **more: object) -> list[str]:
    return numbers(index.search(Question(words, **more)))  # type: ignore[arg-type]


def shown(hit: Hit) -> list[str]:
    texts = {part.name: part.text for part in hit.document.parts}
    return [texts[place.part][place.start : place.end] for place in hit.places]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("facturación", ["bill"]),
        ("facturacion", ["bill"]),
        ("FACTURACIÓN", ["bill"]),
        (normalize("NFD", "facturación"), ["bill"]),
        ("facturacoin", ["bill"]),  # two letters the other way round
        ("internt", ["slow", "down"]),  # a letter is missing
        ("factrua", ["twice"]),
        ("internet lento", ["slow"]),  # all words must be there
        ("lento internet", ["slow"]),
        ("internet facturación", []),
        ("sex", []),  # too short to have a typo
        ('"todas las noches"', ["slow", "down"]),
        ('"noches todas"', []),
        ("«todas las noches» cae", ["down"]),
        ('"El internet', ["down", "slow"]),  # a quote that is not closed
    ],
)
def test_words_phrases_accents_and_typos(index: SearchIndex, typed: str, expected: list[str]):
    assert sorted(found(index, typed)) == sorted(expected)


def test_a_phrase_does_not_go_on_from_one_text_to_the_next(made: Made):
    index = made(incident("I-1", "sin internet", "en casa"))
    assert found(index, '"internet en"') == []
    assert found(index, '"en casa"') == ["I-1"]


def test_a_word_as_it_was_typed_comes_before_one_with_a_typo(made: Made):
    index = made(incident("typo", "la facture", day=9), incident("exact", "la factura", day=1))
    assert found(index, "factura") == ["exact", "typo"]


def test_typos_follow_at_the_end_of_what_has_the_words_as_they_were_typed(made: Made):
    typed = [incident(f"typed-{n}", "la factura", day=n) for n in range(3)]
    near = [incident(f"near-{n}", "la facture", day=10 + n) for n in range(2)]
    index = made(*near, *typed)
    pages = [found(index, "factura", offset=offset, limit=2) for offset in (0, 2, 4)]
    assert pages == [["typed-2", "typed-1"], ["typed-0", "near-1"], ["near-0"]]


def test_a_document_with_fewer_typos_of_several_words_comes_first(made: Made):
    both = incident("both", "el intrenet y el modme", day=9)
    one = incident("one", "el internet y el modme", day=1)
    assert found(made(both, one), "internet modem") == ["one", "both"]


def test_a_number_has_no_typos(made: Made):
    index = made(incident("I-1", "pedido 123456"))
    assert found(index, "123456") == ["I-1"]
    assert found(index, "123457") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channel": "chat"}, ["down", "bill"]),
        ({"channel": "Chat"}, []),  # a value, not a word
        ({"since": NEW_YEAR + timedelta(days=3)}, ["slow", "down"]),
        ({"until": NEW_YEAR + timedelta(days=3)}, ["twice", "bill"]),
        ({"since": NEW_YEAR + timedelta(days=2), "channel": "phone"}, ["slow", "twice"]),
    ],
)
def test_filters_alone_give_the_newest_first(
    index: SearchIndex, asked: dict[str, object], expected: list[str]
):
    assert found(index, **asked) == expected


def test_every_filter_narrows_what_words_find(made: Made):
    known = {"channel": "chat", "product": "Fibra", "risk_class": "high", "agent_token": "a" * 64}
    index = made(incident("I-1", "sin señal", **known), incident("I-2", "sin señal"))
    for name, value in known.items():
        assert found(index, "señal", **{name: value}) == ["I-1"]


def test_what_is_alike_in_relevance_comes_newest_first(made: Made):
    days = (3, 9, 1, 7, 5)
    index = made(*(incident(f"I-{day}", "no hay señal", day=day) for day in days))
    assert found(index, "señal") == ["I-9", "I-7", "I-5", "I-3", "I-1"]


@pytest.mark.parametrize("asked", [{"words": "señal"}, {"words": "sneal"}, {"channel": "chat"}])
def test_the_newest_come_first_of_more_equals_than_are_looked_at(made: Made, asked: dict[str, str]):
    days = [n * 7 % (LOOKED + 101) for n in range(LOOKED + 101)]
    index = made(*(incident(f"I-{day}", "señal", day=day, channel="chat") for day in days))
    newest = [f"I-{LOOKED + 100 - n}" for n in range(20)]
    assert found(index, **asked) == newest


@pytest.mark.parametrize("asked", [{"words": "señal"}, {"channel": "chat"}])
def test_pages_together_hold_each_hit_once(made: Made, asked: dict[str, str]):
    index = made(*(incident(f"I-{n}", "señal", day=n % 3, channel="chat") for n in range(60)))
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = index.search(Question(offset=offset, limit=7, **asked))  # type: ignore[arg-type]
        seen += numbers(page)
        offset = page.next
    assert len(seen) == 60
    assert set(seen) == {f"I-{n}" for n in range(60)}


def test_a_hit_says_where_its_words_are_as_they_were_written(index: SearchIndex):
    (hit,) = index.search(Question("facturacion errado")).hits
    assert shown(hit) == ["facturación", "errado"]
    assert hit.places[0] == Place("text0", "text", 3, 14)
    assert hit.excerpt is not None
    assert hit.excerpt.text == BILL.parts[0].text


def test_offsets_count_characters_after_signs_of_several_bytes(made: Made):
    (hit,) = made(incident("I-1", "😀 ¡qué señal!")).search(Question("senal")).hits
    assert shown(hit) == ["señal"]


def test_a_phrase_is_one_place(index: SearchIndex):
    hits = index.search(Question('"todas las noches"')).hits
    assert sorted(text for hit in hits for text in shown(hit)) == [
        "Todas las noches",
        "todas las noches",
    ]


def test_an_excerpt_of_a_long_text_lies_about_the_first_place(made: Made):
    long = "palabra " * 100 + "módem " + "palabra " * 100
    (hit,) = made(incident("I-1", long)).search(Question("modem")).hits
    assert hit.excerpt is not None
    assert "módem" in hit.excerpt.text
    assert long[hit.excerpt.start :].startswith(hit.excerpt.text)
    assert len(hit.excerpt.text) <= 200


def spoken(source: Source, *marks: Mark, text: str = "buenos días se cayó el módem") -> Document:
    return incident("I-1").with_parts([Part("file", source, text, marks)])


def test_a_transcript_gives_the_second_of_the_call(made: Made):
    heard = (Mark(0, 11, second=0.5), Mark(12, 19, second=2.25), Mark(20, 28, second=3.0))
    index = made(spoken("transcript", *heard))
    (hit,) = index.search(Question("modem")).hits
    assert hit.places == [Place("file", "transcript", 23, 28, second=3.0)]
    (hit,) = index.search(Question('"se cayó el"')).hits
    assert hit.places[0].second == 2.25


def test_an_image_gives_the_box_around_the_words(made: Made):
    first, second = Box(10, 20, 30, 8), Box(45, 18, 20, 12)
    index = made(spoken("image", Mark(0, 6, box=first), Mark(7, 11, box=second)))
    (hit,) = index.search(Question('"buenos días"')).hits
    assert hit.places == [Place("file", "image", 0, 11, box=Box(10, 18, 55, 12))]
    (hit,) = index.search(Question("dias")).hits
    assert hit.places[0].box == second


def test_a_text_whose_accents_are_apart_is_no_part():
    with pytest.raises(ValueError, match="NFC"):
        Part("file", "image", normalize("NFD", "señal"))


def test_a_document_is_kept_as_it_is():
    document = spoken("image", Mark(0, 6, second=1.5), Mark(7, 11, box=Box(1, 2, 3, 4, 5)))
    assert read(written(document)) == document
    assert read(written(incident("I-2"))) == incident("I-2")


def test_similar_incidents_share_words_that_others_lack(index: SearchIndex):
    assert found(index, similar_to="down")[0] == "slow"
    assert "down" not in found(index, similar_to="down")
    assert found(index, similar_to="down", channel="chat") == []


def test_nothing_is_similar_to_an_incident_that_is_not_there(index: SearchIndex):
    with pytest.raises(NotFound):
        index.search(Question(similar_to="nobody"))


@pytest.mark.parametrize(
    ("question", "key"),
    [
        (Question(), "search.nothing_asked"),
        (Question("  "), "search.nothing_asked"),
        (Question("¡¿!?"), "search.no_words"),
        (Question("a" * (LONGEST_QUERY + 1)), "search.too_long"),
        (Question("a " * 21), "search.too_many_words"),
        (Question("señal", similar_to="down"), "search.words_and_similar"),
        (Question("señal", limit=0), "search.bad_limit"),
        (Question("señal", limit=101), "search.bad_limit"),
        (Question("señal", offset=DEEPEST_HIT), "search.too_deep"),
        (Question("señal", since=NEW_YEAR, until=NEW_YEAR), "search.no_span"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    index: SearchIndex, question: Question, key: str
):
    with pytest.raises(InvalidRequest) as refused:
        index.search(question)
    assert refused.value.key == key
    assert refused.value.say("es") != refused.value.say("en")


@pytest.mark.parametrize("sign", ['"', "+", "AND", "*", "text:", "\\", "(", "~", "[a TO b]", "\0"])
def test_signs_of_other_search_boxes_mean_nothing(index: SearchIndex, sign: str):
    assert "bill" in found(index, f"{sign} facturacion") or sign in ("AND", "text:", "[a TO b]")


def test_a_document_takes_the_place_of_its_incidents_earlier_one(made: Made):
    index = made(*ALL)
    index.add([incident("bill", "ya está resuelto")])
    assert len(index) == len(ALL)
    assert found(index, "facturacion") == []
    assert found(index, "resuelto") == ["bill"]


def test_what_was_forgotten_is_found_no_more_and_its_bytes_are_gone_from_a_copy(
    made: Made, tmp_path: Path
):
    secret = incident("I-1", "palabrasecreta", person_token="p1" * 32)
    index = made(secret, *ALL)
    assert b"palabrasecreta" in _bytes(tmp_path / "0")
    index.forget(persons=["p1" * 32])
    assert found(index, "palabrasecreta") == []
    copy = SearchIndex.made(tmp_path / "copy", index.documents())
    assert set(copy.documents()) == set(ALL)
    assert b"palabrasecreta" not in _bytes(tmp_path / "copy")


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
