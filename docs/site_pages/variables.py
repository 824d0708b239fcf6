"""The reference of settings, from the one declaration of them."""

import inspect
import re
from pathlib import Path

from foundation import environment
from foundation.settings import Settings
from site_pages.markdown import code, terms

OTHERWISE = {"ABCALL_DATA": "data_dir", "ABCALL_CONTRACTS": "contract_dirs"}
"""Variables that are not called as their setting is."""


def settings_list() -> str:
    """Return the list of every variable, what it chooses, and its default."""
    variables = sorted(set(re.findall(r'"(ABCALL_[A-Z_]+)"', inspect.getsource(environment))))
    names = {_attribute(variable): variable for variable in variables}
    meanings = _meanings()
    return terms(
        [
            (code(variable), f"{_by_variables(meanings[name], names)} Default: {_default(name)}.")
            for name, variable in names.items()
        ]
    )


def _attribute(variable: str) -> str:
    return OTHERWISE.get(variable, variable.removeprefix("ABCALL_").lower())


def _by_variables(meaning: str, names: dict[str, str]) -> str:
    """Return a sentence that calls other settings by what an operator sets."""
    return re.sub(r"`(\w+)`", lambda found: code(names.get(found[1], found[1])), meaning)


def _meanings() -> dict[str, str]:
    """Return what the docstring of `Settings` says of each attribute."""
    _, _, attributes = inspect.getdoc(Settings).partition("Attributes\n----------\n")  # type: ignore[union-attr]
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", attributes):
        names, _, meaning = entry.partition("\n")
        found |= {name: " ".join(meaning.split()) for name in names.split(", ")}
    return {name: meaning.replace("``", "`") for name, meaning in found.items()}


def _default(name: str) -> str:
    defaults = Settings.at(Path(".abcall"))
    value = getattr(defaults, name)
    if value in ("", (), None):
        return "none"
    return code(
        str(value).replace(f"{defaults.data_dir.parent}/", "").replace("sqlite:////", "sqlite:///")
    )
