"""What is wrong with a row: a cell that breaks a rule, or a line that does not fit its header."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.dirt import FORMULA
from simulation.grid import Random
from simulation.specimens.style import Style

LINE = ""
"""Stands for the column where a whole line is at fault."""

NOT_NUMBERS = ("veinte", "4O", "20 años", FORMULA, "12..5", "😀", "#¡REF!", "<b>5</b>", "1e400")
NOT_MOMENTS = ("2025-02-30", "31/31/2024", "ayer", "45231", "0000-00-00", "1024-01-01", "25:00")
CELLS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "customer_id": (("required", ("", " \t", "NULL")), ("max_length", ("C" * 65,))),
    "age": (
        ("type", (*NOT_NUMBERS, "20.5", "99999999999999999999")),
        ("minimum", ("-1",)),
        ("maximum", ("121", "1e9")),
    ),
    "city": (("max_length", ("x" * 101, "😀" * 101, "y" * 200_000)),),
    "signup_at": (("type", NOT_MOMENTS),),
    "monthly_charge": (
        ("type", (*NOT_NUMBERS, "1e30")),
        ("minimum", ("-0.01", "(1.00)")),
        ("maximum", ("100000000.01",)),
    ),
    "churned": (("type", ("acaso", "2", "síno")),),
    "incident_id": (("required", ("", "  ")), ("max_length", ("9" * 65,))),
    "opened_at": (("required", ("", "N/A")), ("type", NOT_MOMENTS)),
    "kind": (("allowed", ("llamada", "quejas!", "=1+1")),),
    "channel": (("allowed", ("fax", "señales de humo")),),
    "satisfaction": (
        ("type", ("alta", "1.5", *NOT_NUMBERS)),
        ("minimum", ("0", "-3")),
        ("maximum", ("6", "500")),
    ),
    "operation": (("allowed", ("quizás", "X9")), ("required", ("",))),
}
"""Column → rules that a cell of it may break, each with texts that break it (points decimal)."""

CSV_LINES = (
    "too_few_fields", "too_many_fields", "nul_byte", "misplaced_quote", "unclosed_quote",
    "only_separators", "total", "cut_total",
)  # fmt: skip
JSON_LINES = ("bad_json", "not_an_object", "repeated_name", "nul_byte", "lone_surrogate")
RULES = {"cut_total": "too_few_fields", "lone_surrogate": "bad_json"}
"""Kinds of damaged lines whose rule is called otherwise."""


@dataclass(frozen=True)
class CellFault:
    """A wrong text in a column, and the rule that it breaks."""

    column: str
    rule: str
    text: str


def draw_cell_fault(rng: Random, columns: tuple[str, ...], style: Style) -> CellFault:
    """Draw a fault in one of the columns that can have one."""
    able = [name for name in columns if name in CELLS]
    column = able[int(rng.integers(len(able)))]
    rule, texts = CELLS[column][int(rng.integers(len(CELLS[column])))]
    text = texts[int(rng.integers(len(texts)))]
    numeric = rule in {"minimum", "maximum"}
    return CellFault(column, rule, style.number(text) if numeric else text)


def rule_of(line: str) -> str:
    """Return the rule that a kind of damaged line breaks."""
    return RULES.get(line, line)
