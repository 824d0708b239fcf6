"""One dirty file after another for a tenant, each from a seed, with what must become of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from data_contracts.contract import KeyKind, UploadKind
from simulation.account import Account, Ledger
from simulation.delivery import Hints
from simulation.grid import Random
from simulation.specimens.columns import CUSTOMERS, INCIDENTS, Meaning
from simulation.specimens.damage import CSV_LINES, JSON_LINES, LINE
from simulation.specimens.encode import Form, Header, csv_file, json_file, parquet_file
from simulation.specimens.forms import COLUMNAR, draw_form, draw_headers
from simulation.specimens.packed import gzip_of, workbook, zip_of
from simulation.specimens.refused import REFUSALS
from simulation.specimens.rows import Writer, Written
from simulation.specimens.style import draw_style

SIZES = (1, 1, 2, 3, 5, 8, 13, 20, 40, 40, 80, 200)
REFUSED_SHARE = 0.08
KNOWN_SHARE = 0.25
"""Rows of customers or incidents that were sent before, as they were or changed."""


@dataclass(frozen=True)
class Specimen:
    """A file, how it is to be mapped, and what must become of it.

    Attributes
    ----------
    kinds
        What is unusual about it, for counting: encodings, damages …
    packed
        The rows lie inside: in a zip, a gzip or a workbook.
    refusal
        Key of the sentence by which the whole file is refused; none where it is taken.
    expected
        The account of its rows; none where it is refused.
    reasons
        Row number → contract column (empty for a whole line) and rule of all that is wrong.
    as_written
        Row number of a damaged row → header → its text, or ``""`` → its line.
    meanings
        Row number → contract column → value that silver must hold, where the row reaches silver.
    """

    path: Path
    table: str
    hints: Hints
    kinds: frozenset[str]
    packed: bool = False
    refusal: str | None = None
    expected: Account | None = None
    reasons: Mapping[int, frozenset[tuple[str, str]]] | None = None
    as_written: Mapping[int, Mapping[str, str | None]] | None = None
    meanings: Mapping[int, Mapping[str, Meaning]] | None = None


class Sender:
    """A tenant that sends one kind of table, file after file, and remembers what it sent.

    Parameters
    ----------
    folder
        Where files are written; made where it is absent.
    number
        Of the tenant: decides its table and whether its rows have keys.
    """

    def __init__(self, folder: Path, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._layout = CUSTOMERS if number % 2 else INCIDENTS
        self._by_row = number % 5 == 0
        self._ledger = Ledger(history=self._layout.history, row_keys=self._by_row)
        self._known: dict[str, Written] = {}
        self._order = 0

    def next_file(self, seed: int) -> Specimen:
        """Write the next file; the same seeds in the same order give the same files."""
        rng = np.random.default_rng(seed)
        self._order += 1
        if rng.random() < REFUSED_SHARE:
            return self._refused(rng, seed)
        form, style = draw_form(rng), draw_style(rng)
        if form.kind == "xlsx":
            # Typed cells have points and no currency; texts beside them are written alike.
            style = replace(style, decimal=".", grouped=False, currency="", dates="iso")
        operations = self._layout is INCIDENTS and not self._by_row and rng.random() < 0.3
        columns = self._columns(operations)
        longest = 32_000 if form.kind == "xlsx" else 1_000_000
        writer = Writer(rng, self._layout, style, columns, form.latin, longest)
        rows = self._rows(rng, writer, seed, operations=operations)
        rows = _damaged(rng, writer, rows, form)
        return self._sent(rng, rows, form, columns, seed)

    def _columns(self, operations: bool) -> tuple[str, ...]:
        names = [field.column for field in self._layout.fields][self._by_row :]
        return (*names, "operation") if operations else tuple(names)

    def _rows(self, rng: Random, writer: Writer, seed: int, *, operations: bool) -> list[Written]:
        """Draw sound rows: new keys, known ones as they were or changed, some of them twice."""
        count = int(rng.choice(SIZES))
        known = iter(rng.permutation(sorted(self._known)).tolist())
        rows: list[Written] = []
        for place in range(count):
            key = next(known, None) if rng.random() < KNOWN_SHARE else None
            if key is None:
                new = "" if self._by_row else f"K{seed}-{place}"
                rows.append(writer.sound(new, "insert" if operations else None))
            elif operations and rng.random() < 0.3:
                rows.append(writer.sound(key, "delete"))
            elif writer.latin or rng.random() < 0.5:
                rows.append(writer.sound(key, "update" if operations else None))
            else:
                rows.append(writer.again(self._known[key], "update" if operations else None))
        if not operations:
            rows += [writer.again(row) for row in rows if rng.random() < 0.03]
        return rows

    def _sent(
        self, rng: Random, rows: Sequence[Written], form: Form, columns: Sequence[str], seed: int
    ) -> Specimen:
        headers, named = draw_headers(rng, self._layout, columns, form)
        path = self._folder / f"file_{seed}.{form.ending}"
        lines = _write(path, rng, headers, rows, form)
        upload: UploadKind = "changes" if "operation" in columns else "increment"
        account = self._ledger.take([row.oracle_row(self._order) for row in rows])
        self._remember(rows)
        as_written = {
            number: {LINE: lines[number - 1]} if row.line else _cells(named, row)
            for number, row in enumerate(rows, 1)
            if row.reasons
        }
        return Specimen(
            path,
            self._layout.table,
            Hints(self._key, None, upload, {v: k for k, v in named.items()}),
            _kinds(form, rows, headers),
            packed=form.kind == "xlsx" or bool(form.packed),
            expected=account,
            reasons={n: row.reasons for n, row in enumerate(rows, 1) if row.reasons},
            as_written=as_written,
            meanings={n: self._in_silver(row) for n, row in enumerate(rows, 1) if not row.reasons},
        )

    @property
    def _key(self) -> KeyKind:
        return "row" if self._by_row else "natural"

    def _in_silver(self, row: Written) -> dict[str, Meaning]:
        kept = {f.column for f in self._layout.fields if f.in_silver}
        return {name: value for name, value in row.meaning.items() if name in kept}

    def _remember(self, rows: Sequence[Written]) -> None:
        for row in rows:
            if row.key and not row.reasons:
                self._known.pop(row.key, None)
                self._known |= {} if row.delete else {row.key: row}

    def _refused(self, rng: Random, seed: int) -> Specimen:
        kind = str(rng.choice(list(REFUSALS)))
        refusal = REFUSALS[kind]
        path = self._folder / f"file_{seed}.{refusal.ending}"
        path.write_bytes(refusal.make(rng))
        hints = Hints(self._key, None, "increment", {"cedula": self._layout.key.column})
        return Specimen(
            path, self._layout.table, hints, frozenset({f"refused: {kind}"}), refusal=refusal.key
        )


def _damaged(rng: Random, writer: Writer, rows: list[Written], form: Form) -> list[Written]:
    """Damage some rows; in some files none, in some files all."""
    share = float(rng.choice((0.0, 0.05, 0.1, 0.3, 1.0), p=(0.2, 0.3, 0.3, 0.15, 0.05)))
    lines = _lines_for(writer, form)
    result: list[Written] = []
    quotes = 0
    for row in rows:
        # JSON lines without any object are refused as a whole: their first line is one.
        whole = form.kind == "json_lines" and not result
        if rng.random() >= share or row.delete:
            result.append(row)
        elif whole or not lines or rng.random() < 0.65:
            result.append(writer.with_faults(row, int(rng.integers(1, 3))))
        else:
            line = lines[int(rng.integers(len(lines)))]
            quotes += line in {"unclosed_quote", "misplaced_quote"}
            spoilt = line == "unclosed_quote" and (quotes > 1 or _has_quotes(rows, form))
            result.append(writer.with_line(row, "too_few_fields" if spoilt else line))
    return _one_open_quote(result)


def _lines_for(writer: Writer, form: Form) -> list[str]:
    if form.kind in COLUMNAR:
        return []
    if form.kind == "json_lines":
        return list(JSON_LINES)
    keyed = writer.layout.key.column in writer.columns
    left_out = set() if keyed else {"only_separators", "total"}
    return [line for line in CSV_LINES if line not in left_out]


def _has_quotes(rows: Sequence[Written], form: Form) -> bool:
    """Say whether any cell is written in quotes: an open quote would then end at the next one."""
    marks = {'"', "\n", "\r", form.separator}
    return form.quote_all or any(marks & set(text) for row in rows for text in row.cells.values())


def _one_open_quote(rows: Sequence[Written]) -> list[Written]:
    """Leave a quote open only where no other quote stands in the file."""
    lines = Counter(row.line for row in rows)
    others = lines["misplaced_quote"] or lines["unclosed_quote"] > 1
    faulty = any('"' in text for row in rows for text in row.cells.values())
    if not lines["unclosed_quote"] or not (others or faulty):
        return list(rows)
    few = frozenset({(LINE, "too_few_fields")})
    return [
        replace(row, line="too_few_fields", reasons=few) if row.line == "unclosed_quote" else row
        for row in rows
    ]


def _write(
    path: Path, rng: Random, headers: Sequence[Header], rows: Sequence[Written], form: Form
) -> list[str]:
    """Write the file and return the text of each of its rows."""
    if form.kind in COLUMNAR:
        columns = parquet_file if form.kind == "parquet" else workbook
        path.write_bytes(columns(headers, rows))
        return []
    text = (csv_file if form.kind == "csv" else json_file)(rng, headers, rows, form)
    pack = {"zip": zip_of, "gz": gzip_of}.get(form.packed, bytes)
    path.write_bytes(pack(text.data))
    return text.lines


def _cells(named: Mapping[str, str], row: Written) -> dict[str, str | None]:
    return {named[column]: text for column, text in row.cells.items()}


def _kinds(form: Form, rows: Sequence[Written], headers: Sequence[Header]) -> frozenset[str]:
    kinds = {f"format: {form.kind}"}
    if form.packed:
        kinds.add(f"format: {form.packed}")
    if form.kind not in COLUMNAR:
        kinds |= {f"encoding: {form.encoding}", f"line end: {form.newline!r}"}
    for name in ("hint", "blank_lines", "quote_all"):
        kinds |= {f"layout: {name}"} if getattr(form, name) and form.kind == "csv" else set()
    if not form.last_line_ends:
        kinds.add("layout: last line without end")
    kinds |= {"layout: unknown columns"} if any(c is None for _, c in headers) else set()
    lines = (f"line: {row.line}" for row in rows if row.line)
    rules = (f"rule: {column} {rule}" for row in rows for column, rule in row.reasons if column)
    return frozenset(cast(set[str], kinds | set(lines) | set(rules)))
