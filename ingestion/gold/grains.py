"""Which gold tables there are: every module of this package that has a source and a build."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from ingestion import gold

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CODE_VERSION = "1"
"""Raised when a formula of gold changes, so that every tenant's gold is built anew."""

READ = ("text", "sound")
"""Gold tables that extractors make of incidents' texts and recordings, not the engine of silver."""


@dataclass(frozen=True)
class Grain:
    """One gold table: the silver table it is made of, its order, and how."""

    name: str
    source: str
    order: tuple[str, ...]
    build: "Callable[[DataFrame, Contract, str], DataFrame]"


@cache
def grains() -> tuple[Grain, ...]:
    """Return every grain, by name."""
    modules = [import_module(f"{gold.__name__}.{m.name}") for m in iter_modules(gold.__path__)]
    return tuple(
        Grain(module.__name__.rpartition(".")[2], module.SOURCE, module.ORDER, module.build)
        for module in modules
        if hasattr(module, "SOURCE")
    )


def grains_of(tables: Collection[str]) -> list[Grain]:
    """Return the grains that are made of one of these silver tables, by name."""
    return [grain for grain in grains() if grain.source in tables]
