"""Small pieces of HTML: every value escaped, colours and sizes from one style sheet."""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from dashboards.figures import Figure, class_name
from dashboards.words import Words

STYLE = Path(__file__).with_name("style.css")
HIDDEN = re.compile(r"(\[(?:[A-ZÁÉÍÓÚÑ]{3,14}|…)\])")
"""What the masker leaves in the place of what it takes out."""


def style_sheet() -> str:
    """Return the style sheet as an element; it holds no script."""
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>"


def uploader_words(choose: str, limit: str) -> str:
    """Return what Streamlit's file uploader says in English, said in the reader's language."""
    zone = '[data-testid="stFileUploaderDropzone"]'
    return f"""<style>
{zone} button p, {zone} [data-testid="stFileUploaderDropzoneInstructions"] span {{
  font-size: 0; visibility: hidden; }}
{zone} button p::after {{
  content: {json.dumps(choose, ensure_ascii=False)}; font-size: 1rem; visibility: visible; }}
{zone} [data-testid="stFileUploaderDropzoneInstructions"] span::after {{
  content: {json.dumps(limit, ensure_ascii=False)}; font-size: 0.9rem; visibility: visible; }}
</style>"""


def strong(words: str) -> str:
    """Return words that stand out."""
    return f"<strong>{escape(words)}</strong>"


def lead(sentence: str) -> str:
    """Return the page's first sentence: what matters."""
    return f'<p class="ab-lead">{escape(sentence)}</p>'


def note(sentence: str) -> str:
    """Return a quiet sentence: freshness, units, how a figure is meant."""
    return f'<p class="ab-note">{escape(sentence)}</p>'


def figure(one: Figure, meaning: str) -> str:
    """Return a figure with its detail, and its meaning one tap away behind the word for it."""
    return (
        f'<div class="ab-figure"><div class="ab-title">{escape(one.title)}</div>'
        f'<div class="ab-value">{escape(one.value)}</div>'
        f'<div class="ab-detail">{escape(one.detail)}</div>'
        f"<details><summary>{escape(meaning)}</summary>"
        f"{escape(one.explanation)}</details></div>"
    )


def badge(risk_class: str | None, words: Words) -> str:
    """Return a class of risk as shape and word, coloured besides."""
    return f'<span class="ab-badge ab-{escape(risk_class or "none")}">' + (
        f"{escape(class_name(risk_class, words))}</span>"
    )


def reasons(sentences: Sequence[str]) -> str:
    """Return reasons as a short list."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="ab-reasons">{items}</ul>' if items else ""


def scored(risk: str, title: str, facts: Sequence[str], why: Sequence[str]) -> str:
    """Return one row of a list: badge, name, facts, reasons; a card on a phone.

    Parameters
    ----------
    risk
        ``badge``'s HTML; everything else is text.
    """
    told = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<div class="ab-row"><div class="ab-who">{risk}<strong>{escape(title)}</strong></div>'
        f'<div class="ab-facts">{told}</div>{reasons(why)}</div>'
    )


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that becomes one card a row on a phone."""
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(header)}">{escape(cell)}</td>'
            for header, cell in zip(headers, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f'<table class="ab-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def pairs(facts: Iterable[tuple[str, str]]) -> str:
    """Return names and values, as many side by side as fit."""
    told = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts
    )
    return f'<dl class="ab-pairs">{told}</dl>'


def lines(sentences: Iterable[str]) -> str:
    """Return sentences, one a line."""
    return "".join(f'<p class="ab-line">{escape(sentence)}</p>' for sentence in sentences)


def masked(words: str, meaning: str) -> str:
    """Return somebody's own words, the places marked where a person's data was taken out."""
    pieces = (
        f'<mark title="{escape(meaning)}">{escape(piece)}</mark>' if place % 2 else escape(piece)
        for place, piece in enumerate(HIDDEN.split(words))
    )
    return f'<blockquote class="ab-quote">{"".join(pieces)}</blockquote>'


def moments(told: Iterable[tuple[str, str, str]]) -> str:
    """Return what happened, in order: when, what, and what is to be said of it."""
    items = "".join(
        f'<li><span class="ab-note">{escape(at)}</span><strong>{escape(title)}</strong>'
        f"<span>{escape(detail)}</span></li>"
        for at, title, detail in told
    )
    return f'<ol class="ab-moments">{items}</ol>'


def quote(words: str) -> str:
    """Return somebody's own words."""
    return f'<blockquote class="ab-quote">{escape(words)}</blockquote>'


def source(header: str, samples: str, why: str) -> str:
    """Return a column of a file: its header, first values, and why it was placed so."""
    return (
        f'<div class="ab-source"><strong>{escape(header)}</strong>'
        f'<div class="ab-detail">{escape(samples)}</div>'
        f'<div class="ab-note">{escape(why)}</div></div>'
    )


def upload(file_name: str, told: Sequence[str]) -> str:
    """Return an earlier upload: its file, and what became of it."""
    return f"<strong>{escape(file_name)}</strong>" + "".join(
        f'<p class="ab-note">{escape(sentence)}</p>' for sentence in told
    )
