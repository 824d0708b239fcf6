"""Drawings from text: rows of boxes and the arrows between them, as SVG in the page's own colours.

A file under ``docs/drawings`` says which boxes stand in which row and which leads to which; words
are given in both languages. Drawings are as wide as a phone, so that their words are legible there.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import yaml

from foundation.texts import LANGUAGES, Language

SOURCES = Path(__file__).resolve().parents[1] / "drawings"
WIDTH, MARGIN, GAP = 400, 24, 14
LINE, PADDING, BETWEEN = 18, 10, 40
LETTER = 7.7
"""Mean width of a letter of the title line; small lines are narrower."""


@dataclass(frozen=True)
class Box:
    """A box where it lies: its lines, of which the first ones are the title's."""

    left: float
    top: float
    width: float
    height: float
    title: list[str]
    small: list[str]
    kind: str

    @property
    def middle(self) -> float:
        """Horizontal centre."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height


def drawings() -> Iterator[tuple[str, str]]:
    """Yield the name (with its language) and the SVG of every drawing."""
    for path in sorted(SOURCES.glob("*.yaml")):
        drawn = yaml.safe_load(path.read_text(encoding="utf-8"))
        for language in LANGUAGES:
            yield f"{path.stem}-{language}", draw(drawn, language)


def draw(drawn: dict[str, Any], language: Language) -> str:
    """Return one drawing as SVG."""
    boxes = _placed(drawn["rows"], language)
    height = max(box.bottom for box in boxes.values()) + 8
    arrows = [_arrow(boxes, arrow, language) for arrow in drawn.get("arrows", ())]
    shapes = [_box(box) for box in boxes.values()]
    title, said = (escape(drawn[key][language]) for key in ("title", "said"))
    head = f'<svg class="drawing" viewBox="0 0 {WIDTH} {height:g}" role="img" lang="{language}">'
    return "\n".join(
        [head, f"<title>{title}</title><desc>{said}</desc>", *arrows, *shapes, "</svg>", ""]
    )


def _placed(rows: list[list[dict[str, Any]]], language: Language) -> dict[str, Box]:
    boxes, top = {}, 8.0
    for row in rows:
        width = (WIDTH - 2 * MARGIN - GAP * (len(row) - 1)) / len(row)
        texts = [_lines(one, width, language) for one in row]
        height = max(len(title) + len(small) for title, small in texts) * LINE + 2 * PADDING
        for position, (one, (title, small)) in enumerate(zip(row, texts, strict=True)):
            left = MARGIN + position * (width + GAP)
            kind = one.get("kind", "step")
            boxes[one["id"]] = Box(left, top, width, height, title, small, kind)
        top += height + BETWEEN
    return boxes


def _lines(one: dict[str, Any], width: float, language: Language) -> tuple[list[str], list[str]]:
    room = width - 2 * PADDING
    title = textwrap.wrap(one["text"][language], int(room / LETTER))
    small = textwrap.wrap(one.get("small", {}).get(language, ""), int(room / (LETTER * 0.82)))
    return title, small


def _box(box: Box) -> str:
    shape = (
        f'<rect class="{box.kind}" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="8"/>'
    )
    lines = [(line, "title") for line in box.title] + [(line, "small") for line in box.small]
    first = box.top + (box.height - len(lines) * LINE) / 2 + 13
    texts = [
        f'<text class="{kind}" x="{box.middle:g}" y="{first + n * LINE:g}">{escape(line)}</text>'
        for n, (line, kind) in enumerate(lines)
    ]
    return "".join([shape, *texts])


def _arrow(boxes: dict[str, Box], arrow: list[Any], language: Language) -> str:
    start, end = boxes[arrow[0]], boxes[arrow[1]]
    said = arrow[2][language] if len(arrow) > 2 else ""
    if end.top < start.top:
        return _back(start, end, said)
    if end.top == start.top:
        return _aside(start, end)
    turn = end.top - BETWEEN / 2
    x = start.middle if end.left < start.middle < end.left + end.width else end.middle
    path = f"M{start.middle:g} {start.bottom:g}V{turn:g}H{x:g}V{end.top - 7:g}"
    side = "start" if x >= WIDTH / 2 or start.middle == x else "end"
    shift = 8 if side == "start" else -8
    return (
        f'<path class="arrow" d="{path}"/>{_head(x, end.top, 0)}'
        f'<text class="said {side}" x="{x + shift:g}" y="{turn + 5:g}">{escape(said)}</text>'
    )


def _aside(start: Box, end: Box) -> str:
    y = start.top + start.height / 2
    to_right = end.left > start.left
    begin, stop = (
        (start.left + start.width, end.left) if to_right else (start.left, end.left + end.width)
    )
    short = stop - 7 if to_right else stop + 7
    head = _head(stop, y, -90 if to_right else 90)
    return f'<path class="arrow" d="M{begin:g} {y:g}H{short:g}"/>{head}'


def _back(start: Box, end: Box, said: str) -> str:
    """Draw an arrow that leads back up, along the edge on the side where it begins."""
    right = start.middle >= WIDTH / 2
    edge = WIDTH - 9 if right else 9
    begin, stop = (
        (start.left + start.width, end.left + end.width) if right else (start.left, end.left)
    )
    low, high = start.top + start.height / 2, end.top + end.height / 2
    short = stop + 7 if right else stop - 7
    middle = (low + high) / 2
    x = edge + (5 if right else -3)
    return (
        f'<path class="arrow" d="M{begin:g} {low:g}H{edge:g}V{high:g}H{short:g}"/>'
        f"{_head(stop, high, 90 if right else -90)}"
        f'<text class="said" x="{x:g}" y="{middle:g}" '
        f'transform="rotate(-90 {x:g} {middle:g})" dy="-9">{escape(said)}</text>'
    )


def _head(x: float, y: float, turned: int) -> str:
    points = f"M{x:g} {y:g}l-5 -8h10z"
    return f'<path class="head" d="{points}" transform="rotate({turned} {x:g} {y:g})"/>'
