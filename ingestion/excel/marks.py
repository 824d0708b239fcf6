"""Cells of xlsx files whose value alone is not what the person sees.

The library that reads workbooks leaves error cells (``#N/A``) empty and knows no formats of
numbers, by which ``42`` is seen as ``00042``: a postal code, a contract number. Both stand in the
sheet's XML (ECMA-376, part 1, 18.3.1.4 and 18.8.30), and are read there piece by piece.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.parsers.expat import ParserCreate

Marks = dict[tuple[int, int], str]
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_CHUNK = 1 << 18
_PADDED = re.compile(r"0{2,}")
_WHOLE = re.compile(r"\d+(\.0+)?")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Element(NamedTuple):
    """An XML element at its end: local name, attributes, text of its own."""

    name: str
    attributes: dict[str, str]
    text: str


def marked_cells(path: Path, sheet: str) -> Marks:
    """Return errors and zero-padded numbers of a sheet by row and column, from 0.

    Empty for other formats than xlsx and xlsm.
    """
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as book:
        names = set(book.namelist())
        part = _part_of(book, sheet) if {_BOOK, _RELATIONS} <= names else None
        if part not in names or part is None:
            return {}
        widths = _padded_styles(book) if _STYLES in names else {}
        return dict(_marks(book, part, widths))


def _part_of(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the XML file that holds the sheet."""
    ids = {
        e.attributes.get("name"): _attribute(e, "id")
        for e in _elements(book, _BOOK)
        if e.name == "sheet"
    }
    targets = {e.attributes.get("Id"): e.attributes.get("Target") for e in _relations(book)}
    target = targets.get(ids.get(sheet))
    if target is None:
        return None
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _relations(book: zipfile.ZipFile) -> Iterator[Element]:
    return (e for e in _elements(book, _RELATIONS) if e.name == "Relationship")


def _attribute(element: Element, local: str) -> str | None:
    """Return an attribute that has a namespace: ``r:id``."""
    found = (v for n, v in element.attributes.items() if n.endswith(f":{local}"))
    return next(found, None)


def _padded_styles(book: zipfile.ZipFile) -> dict[str, int]:
    """Return how many digits the styles show that fill up with zeros."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False
    for element in _elements(book, _STYLES, starts=("cellXfs",)):
        if element.name == "numFmt":
            codes[element.attributes["numFmtId"]] = element.attributes["formatCode"]
        elif element.name == ">cellXfs":
            inside = True
        elif element.name == "cellXfs":
            inside = False
        elif element.name == "xf" and inside:
            formats.append(element.attributes.get("numFmtId", "0"))
    padded = {number: len(code) for number, code in codes.items() if _PADDED.fullmatch(code)}
    return {str(at): padded[number] for at, number in enumerate(formats) if number in padded}


def _marks(
    book: zipfile.ZipFile, part: str, widths: dict[str, int]
) -> Iterator[tuple[tuple[int, int], str]]:
    value = ""
    for element in _elements(book, part):
        if element.name == "v":
            value = element.text
        elif element.name == "c":
            seen = _seen(element.attributes, value, widths)
            place = _CELL.fullmatch(element.attributes.get("r", ""))
            if seen is not None and place is not None:
                yield (int(place[2]) - 1, _column(place[1])), seen
            value = ""


def _seen(cell: dict[str, str], value: str, widths: dict[str, int]) -> str | None:
    """Return what a marked cell shows; ``None`` where its value says it all."""
    kind = cell.get("t", "n")
    if kind == "e":
        return value
    width = widths.get(cell.get("s", ""))
    if kind == "n" and width and _WHOLE.fullmatch(value):
        return value.partition(".")[0].zfill(width)
    return None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _elements(book: zipfile.ZipFile, part: str, starts: tuple[str, ...] = ()) -> Iterator[Element]:
    """Return an XML file's elements as they end; those of ``starts`` also begin, as ``>name``."""
    parser = ParserCreate()
    parser.buffer_text = True
    stack: list[tuple[str, dict[str, str], list[str]]] = []
    found: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        stack.append((local, attributes, []))
        if local in starts:
            found.append(Element(f">{local}", attributes, ""))

    def end(_: str) -> None:
        name, attributes, texts = stack.pop()
        found.append(Element(name, attributes, "".join(texts)))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: stack[-1][2].append(data) if stack else None
    with book.open(part) as stream:
        while piece := stream.read(_CHUNK):
            parser.Parse(piece, False)
            yield from found
            found.clear()
    parser.Parse(b"", True)
    yield from found
