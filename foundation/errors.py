"""The error tree. Every error says what is wrong, where, and what to do next.

AbcallError
├── UserError            the person who asked can mend it           exit 2, HTTP 4xx
│   ├── InvalidUpload    the file cannot be taken as it is          HTTP 422
│   ├── InvalidMapping   a column mapping contradicts the contract  HTTP 422
│   ├── InvalidContract  a contract file is wrong                   HTTP 422
│   ├── InvalidRequest   an argument, option or body is wrong       HTTP 422
│   ├── NotSignedIn      no session, or a wrong password or key     HTTP 401
│   ├── NotAllowed       the role or scope does not permit it       HTTP 403
│   ├── NotFound         it does not exist *for this tenant*        HTTP 404
│   ├── NotEnoughData    too few rows or outcomes to learn from     HTTP 409
│   ├── Held             a legal hold forbids to destroy it         HTTP 409
│   ├── TooLarge         above a limit of the settings              HTTP 413
│   └── TooMany          above a rate or quota: later it goes       HTTP 429
├── Busy                 another process holds the lease: try again  exit 75, HTTP 503
└── OperatorError        the installation is at fault               exit 78, HTTP 500
    ├── MissingKey       the master key is absent or is another one
    ├── MissingPart      an optional program or server is absent
    └── SchemaMismatch   a frame does not fit the table it is written to

Anything else that reaches an entry point is a bug (exit 70, HTTP 500): it is
logged with its traceback under a reference that the person can pass on.
"""

from typing import ClassVar

from foundation.texts import Language, text

Detail = str | int | float | dict[Language, str] | None
"""What fills a sentence; words in every language where they are no name."""


class AbcallError(Exception):
    """Base of every error the platform raises on purpose.

    Parameters
    ----------
    key
        Name of the sentence in the catalogues under ``foundation/texts``.
    details
        Values for the sentence: tenant, table, file, row, column, limit …
    """

    exit_code: ClassVar[int] = 70
    http_status: ClassVar[int] = 500

    def __init__(self, key: str, /, **details: Detail) -> None:
        super().__init__(key, details)
        self.key = key
        self.details = details

    def say(self, language: Language = "es") -> str:
        """Return the sentence for a person, in their language."""
        said = {
            name: detail[language] if isinstance(detail, dict) else detail
            for name, detail in self.details.items()
        }
        return text(self.key, language, **said)

    def __str__(self) -> str:
        return self.say("en")


class UserError(AbcallError):
    """The person who asked can mend it."""

    exit_code = 2
    http_status = 400


class InvalidUpload(UserError):
    """The file cannot be taken as it is."""

    http_status = 422


class InvalidMapping(UserError):
    """A column mapping contradicts the contract."""

    http_status = 422


class InvalidContract(UserError):
    """A contract file is wrong."""

    http_status = 422


class InvalidRequest(UserError):
    """An argument, option or body is wrong."""

    http_status = 422


class NotSignedIn(UserError):
    """No session, or a wrong password or key."""

    http_status = 401


class NotAllowed(UserError):
    """The role or scope does not permit it."""

    http_status = 403


class NotFound(UserError):
    """It does not exist for this tenant (also when another tenant has it)."""

    http_status = 404


class NotEnoughData(UserError):
    """Too few rows or outcomes to learn from; the sentence says how many are needed."""

    http_status = 409


class Held(UserError):
    """A legal hold forbids to destroy it; the sentence names the hold."""

    http_status = 409


class TooLarge(UserError):
    """Above a limit of the settings."""

    http_status = 413


class TooMany(UserError):
    """Above a rate or quota; the sentence says when the same call succeeds."""

    http_status = 429


class Busy(AbcallError):
    """Another process holds the lease; the same call succeeds later."""

    exit_code = 75
    http_status = 503


class OperatorError(AbcallError):
    """The installation is at fault, not the person who asked."""

    exit_code = 78


class MissingKey(OperatorError):
    """The master key is absent or is not the one that wrapped the tenants' keys."""


class MissingPart(OperatorError):
    """An optional program, package or server is absent."""


class SchemaMismatch(OperatorError):
    """A frame does not fit the table it is written to."""
