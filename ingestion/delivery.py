"""The summary of everything that was sent at once: what was taken, and what was not and why."""

from dataclasses import dataclass

from foundation.errors import UserError
from foundation.texts import Language, counted, text, written_number
from ingestion.excel.outcome import WHYS
from ingestion.parts.part import LeftOut
from ingestion.reading.raw import Note
from ingestion.receipt import Receipt, took
from tenancy.upload import APPLIED, Upload

NO_DATA = frozenset(f"parts.sheet_{why}" for why in WHYS)
"""What is told of sheets that hold no table; nobody expects them to be loaded."""


@dataclass(frozen=True)
class Taken:
    """A part that was received.

    Attributes
    ----------
    receipt
        ``None`` where an earlier run of the same delivery received it, before it was cut short.
    notes
        What opening the part did.
    """

    upload: Upload
    table_label: dict[Language, str]
    receipt: Receipt | None = None
    notes: tuple[Note, ...] = ()

    def say(self, language: Language) -> str:
        """Return the first sentence of its receipt and the account of its rows."""
        lines = [] if self.receipt is None else self.receipt.lines(language)[:2]
        if not lines:
            label = self.table_label[language]
            rows = written_number(self.upload.counts.get("rows", 0), language)
            name, state = self.upload.file_name, self.upload.state
            key = "nothing_new" if state == "unchanged" else f"state_{state}"
            lines = [text(f"ingestion.{key}", language, file=name, rows=rows, table=label)]
        return " ".join([*lines, *(note.say(language) for note in self.notes)])


@dataclass(frozen=True)
class Delivered:
    """What became of everything that was sent at once, in the order in which it was received."""

    taken: tuple[Taken, ...]
    left_out: tuple[LeftOut, ...]
    duration_seconds: float = 0.0

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The records of the parts that were received."""
        return tuple(one.upload for one in self.taken)

    @property
    def rows(self) -> int:
        """Rows of all parts that were received."""
        return sum(upload.counts.get("rows", 0) for upload in self.uploads)

    @property
    def rejected(self) -> int:
        """Rows in quarantine."""
        return sum(u.counts.get("quarantined", 0) for u in self.uploads if u.state in APPLIED)

    @property
    def refreshes(self) -> bool:
        """Whether anything waits for gold."""
        return any(upload.state == "accepted" for upload in self.uploads)

    @property
    def complete(self) -> bool:
        """Whether everything was taken, sheets aside that hold no table."""
        return all(one.error.key in NO_DATA for one in self.left_out)

    @property
    def only_error(self) -> UserError | None:
        """The error of a single file that was not taken: its sentence says it all."""
        return self.left_out[0].error if not self.taken and len(self.left_out) == 1 else None

    def say(self, language: Language = "es") -> str:
        """Return the summary: of one file its receipt, of several a line each."""
        return "\n".join(self.lines(language))

    def lines(self, language: Language = "es") -> list[str]:
        """Return the summary's sentences, what matters first."""
        told = [
            *(self._only_receipt(language) or self._all(language)),
            *(one.say(language) for one in self.left_out),
        ]
        return [*told, took(self.duration_seconds, language)]

    def _only_receipt(self, language: Language) -> list[str]:
        """Return the whole receipt where one file was received."""
        if len(self.taken) != 1 or self.taken[0].receipt is None:
            return []
        (only,) = self.taken
        receipt = self.taken[0].receipt.lines(language)
        return [*receipt[:-1], *(note.say(language) for note in only.notes)]

    def _all(self, language: Language) -> list[str]:
        return [self._headline(language), *(one.say(language) for one in self.taken)]

    def _headline(self, language: Language) -> str:
        figures = {"taken": len(self.taken), "rows": self.rows, "rejected": self.rejected}
        figures["left_out"] = len(self.left_out)
        values = {name: written_number(figure, language) for name, figure in figures.items()}
        same = sum(upload.state == "unchanged" for upload in self.uploads)
        if same:
            return counted("parts.summary_with_same", language, same, **values)
        return text("parts.summary", language, **values)
