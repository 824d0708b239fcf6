"""What the book draws and tells: bars that count every row, frames that hide nothing."""

import math
from typing import Any

import pandas as pd
import pytest

from foundation.texts import LANGUAGES, Language
from models.curves import Rate
from models.evaluate import Interval
from notebooks.distributions import histogram, rates
from notebooks.drawing import Drawing
from notebooks.frames import told

RATES = (
    Rate("mensual", 0.1, Interval(0.1, 0.08, 0.13), 400),
    Rate("anual", 0.1, Interval(0.02, 0.01, 0.04), 1_300),
)


def drawn_rows(drawing: Drawing) -> list[dict[str, Any]]:
    """Return the rows that a picture is drawn from."""
    spec = drawing.chart.to_dict()
    (rows,) = spec["datasets"].values()
    return list(rows)


def test_whole_numbers_get_a_bar_each_however_many_are_zero():
    rows = drawn_rows(histogram(pd.Series([0.0] * 95 + [1.0, 1.0, 2.0, 5.0]), "quejas"))
    middles = {(row["from"] + row["to"]) / 2: row["count"] for row in rows}
    assert middles == {0: 95, 1: 2, 2: 1, 3: 0, 4: 0, 5: 1}


def test_every_known_row_stands_in_a_bar_and_unknown_ones_are_told():
    values = pd.Series([*(n * 1_000.5 for n in range(500)), None, math.nan])
    drawing = histogram(values, "cargo (COP)")
    rows = drawn_rows(drawing)
    assert sum(row["count"] for row in rows) == 500
    assert 5 < len(rows) <= 40
    assert "500 filas con valor; 2 sin dato" in drawing.told


def test_an_empty_column_is_drawn_without_a_bar():
    assert sum(row["count"] for row in drawn_rows(histogram(pd.Series([None]), "edad"))) == 0


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_tells_in_words_what_it_shows(language: Language):
    drawing = rates(RATES, "se va", "contrato", 0.08, language)
    shown, about = drawing._repr_mimebundle_()
    assert "«se va»" in drawing.told or "“se va”" in drawing.told
    assert about["image/png"]["alt"] == drawing.told
    assert shown["image/png"].startswith("iVBOR")


def test_numbers_are_written_as_the_language_does():
    names = [row["name"] for row in drawing_of_rates("es")]
    assert names == ["mensual (n = 400)", "anual (n = 1.300)"]
    assert [row["name"] for row in drawing_of_rates("en")][1] == "anual (n = 1,300)"


def drawing_of_rates(language: Language) -> list[dict[str, Any]]:
    """Return the rows of the rates' picture, without the line of what is usual."""
    spec = rates(RATES, "se va", "contrato", 0.08, language).chart.to_dict()
    return [row for rows in spec["datasets"].values() for row in rows if "name" in row]


def test_a_told_frame_cuts_no_sentence_and_shows_no_row_numbers():
    sentence = "El valor de «contrato» no es uno de los admitidos: mensual, anual, bienal. " * 3
    shown = told("rejected", [("customers", 4, sentence)])._repr_html_()
    assert sentence.strip() in shown
    assert "<th>0</th>" not in shown


def test_what_a_file_says_is_text_in_a_frame_and_never_a_page_s_orders():
    shown = told("rejected", [("customers", 1, "<script>alert(1)</script>")])._repr_html_()
    assert "<script>" not in shown
