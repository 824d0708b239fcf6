"""What trying a vertical finds: sound, worth mending, or broken; each as a sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from foundation.errors import AbcallError, UserError
from foundation.texts import Language, text

Aspect = Literal[
    "schema",
    "leak_guard",
    "point_in_time",
    "training",
    "calibration",
    "scoring",
    "dashboard",
    "isolation",
]
State = Literal["sound", "advice", "broken", "waiting"]


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes
    ----------
    state
        ``broken`` must be mended; ``advice`` should be looked at; ``waiting`` is known only once
        what is broken is mended.
    key
        Of the sentence, under ``conformance.``.
    reason
        The error that says what is wrong, in its own words.
    """

    aspect: Aspect
    state: State
    key: str
    details: dict[str, object] = field(default_factory=dict)
    reason: AbcallError | None = None

    def say(self, language: Language) -> str:
        """Return the sentence for a person."""
        if self.reason is not None:
            return self.reason.say(language)
        said = {
            name: value[language] if isinstance(value, dict) else value
            for name, value in self.details.items()
        }
        return text(f"conformance.{self.key}", language, **said)


def sound(aspect: Aspect, **details: object) -> Finding:
    """Return that an aspect is sound."""
    return Finding(aspect, "sound", f"{aspect}_sound", details)


def advice(aspect: Aspect, key: str, **details: object) -> Finding:
    """Return something to look at."""
    return Finding(aspect, "advice", key, details)


def broken(aspect: Aspect, key: str, **details: object) -> Finding:
    """Return something to mend."""
    return Finding(aspect, "broken", key, details)


def waiting(aspect: Aspect) -> Finding:
    """Return that an aspect is known only once something else is mended."""
    return Finding(aspect, "waiting", "waiting")


def tried(aspect: Aspect, model: str, step: Callable[[], Finding]) -> Finding:
    """Return what one step finds of a model; an error that a person can mend is what it found."""
    try:
        return step()
    except UserError as error:
        return Finding(aspect, "broken", "error", {"model": model}, reason=error)
