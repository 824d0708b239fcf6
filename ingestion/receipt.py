"""The receipt: what a person is told about their file, at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data_contracts.contract import Column, Table
from foundation.texts import Language, counted, text, written_number
from ingestion.formats import Format
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.quarantine import Reason, cut
from ingestion.reading.raw import Note
from ingestion.schema import entity_of
from tenancy.upload import OUTCOMES, Upload

FIRST_ROWS = 5
"""Row numbers that a cause of rejection names."""

FIRST_COLUMNS = 20
"""Headers that the receipt names."""


@dataclass(frozen=True)
class Cause:
    """One cause of rejection: how many rows, and the first of them."""

    reason: Reason
    rows: int
    first_rows: tuple[int, ...]


@dataclass(frozen=True)
class Receipt:
    """What became of an upload.

    Attributes
    ----------
    upload
        Its record: state, counts (``rows`` and the six outcomes), versions ended, audit.
    table
        The contract's table.
    mapping
        The mapping that was used.
    mapping_source
        ``given``, ``stored`` (as last time for these headers) or ``proposed`` (to be looked at).
    unknown_columns
        Headers that stand for no contract column: kept encrypted in bronze, used nowhere.
    blanks
        Contract column → blanks that got the meaning the contract declares.
    formats
        How the file writes numbers and dates, by contract column.
    notes
        What reading did.
    kept
        Contract columns that the file lacks: their earlier values stayed.
    causes
        Rejected rows by cause, most frequent first.
    failures
        Sentences of a failed audit, by language.
    duration_seconds
        From the door to the receipt.
    """

    upload: Upload
    table: Table
    mapping: ColumnMapping
    mapping_source: str
    unknown_columns: tuple[str, ...] = ()
    blanks: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, Format] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    kept: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    failures: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    duration_seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """``rows`` and the six outcomes."""
        return dict(self.upload.counts)

    def say(self, language: Language = "es") -> str:
        """Return the whole receipt as sentences, one a line, what matters first."""
        return "\n".join(self.lines(language))

    def lines(self, language: Language = "es") -> list[str]:
        """Return the receipt's sentences."""
        return [
            *self._headline(language),
            *self._outcomes(language),
            *self._rejections(language),
            *self._treatments(language),
            *(note.say(language) for note in self.notes),
            took(self.duration_seconds, language),
        ]

    def _headline(self, language: Language) -> list[str]:
        upload = self.upload
        key = "nothing_new" if upload.state == "unchanged" else f"state_{upload.state}"
        rows = written_number(self.counts.get("rows", 0), language)
        label = self.table.label.get(language, self.table.name)
        head = text(f"ingestion.{key}", language, file=upload.file_name, rows=rows, table=label)
        return [head, *self.failures.get(language, ())]

    def _outcomes(self, language: Language) -> list[str]:
        if self.upload.state == "unchanged":
            return []
        words = [
            counted(f"ingestion.outcome_{name}", language, self.counts[name])
            for name in OUTCOMES
            if self.counts.get(name)
        ]
        told = [text("ingestion.outcomes", language, outcomes="; ".join(words))] if words else []
        if self.upload.ended:
            told.append(counted("ingestion.ended", language, self.upload.ended))
        return told

    def _rejections(self, language: Language) -> list[str]:
        return [
            text(
                "ingestion.cause",
                language,
                sentence=self._sentence(cause.reason, language),
                count=written_number(cause.rows, language),
                rows=", ".join(str(n) for n in cause.first_rows),
            )
            for cause in self.causes
        ]

    def _sentence(self, reason: Reason, language: Language) -> str:
        return reason.say(self.table, self.mapping.sources.get(reason.column), language)

    def _treatments(self, language: Language) -> list[str]:
        told = [text(f"ingestion.mapping_{self.mapping_source}", language)]
        if self.unknown_columns:
            unknown = names(self.unknown_columns, language)
            told.append(text("ingestion.unknown_columns", language, columns=unknown))
        if self.kept:
            labels = tuple(self._label(name, language) for name in self.kept)
            told.append(text("ingestion.kept", language, columns=names(labels, language)))
        for name, count in self.blanks.items():
            column = self.table.column(name)
            told.append(
                counted(
                    "ingestion.blanks",
                    language,
                    count,
                    source=self.mapping.sources[name],
                    meaning=column.blank_means,
                )
            )
        for name, form in self.formats.items():
            if form.assumed is not None:
                told.append(self._assumption(self.table.column(name), form, language))
        return told

    def _label(self, name: str, language: Language) -> str:
        entity = entity_of(self.table)
        column = entity if name == "person_token" else self.table.column(name)
        return name if column is None else column.label.get(language, name)

    def _assumption(self, column: Column, form: Format, language: Language) -> str:
        if form.assumed == "decimal":
            key = "assumed_comma" if form.decimal == "," else "assumed_point"
        else:
            key = "assumed_day_first"
        return text(f"ingestion.{key}", language, source=self.mapping.sources[column.name])


def took(seconds: float, language: Language) -> str:
    """Return the sentence that says how long something took."""
    return text("ingestion.took", language, seconds=written_number(seconds, language, 1))


def names(headers: tuple[str, ...], language: Language) -> str:
    """Return headers as a sentence can hold them: long ones cut, of very many the first."""
    shown = ", ".join(cut(header) for header in headers[:FIRST_COLUMNS])
    more = len(headers) - FIRST_COLUMNS
    return text("ingestion.more_columns", language, columns=shown, more=more) if more > 0 else shown


class Causes:
    """Rejected rows by cause, as they are found."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], list[int]] = {}
        self._known: dict[tuple[str, str], Reason] = {}

    def add(self, rejected: Iterable[tuple[int, Iterable[Reason]]]) -> None:
        """Add rows, each with its number and all its reasons, in the order of the file."""
        for number, reasons in rejected:
            for reason in reasons:
                cause = (reason.column, reason.rule)
                self._rows[cause] += 1
                self._known.setdefault(cause, reason)
                first = self._first.setdefault(cause, [])
                if len(first) < FIRST_ROWS:
                    first.append(number)

    def told(self) -> tuple[Cause, ...]:
        """Return the causes, most frequent first."""
        return tuple(
            Cause(self._known[c], n, tuple(self._first[c])) for c, n in self._rows.most_common()
        )
