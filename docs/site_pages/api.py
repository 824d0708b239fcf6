"""The reference of the functions that notebooks and packages may call, from their docstrings."""

from collections.abc import Iterator

from site_pages.markdown import page

PUBLIC: dict[str, tuple[str, ...]] = {
    "foundation": ("settings", "texts", "plugins", "clock"),
    "data_contracts": (
        "contract",
        "loader",
        "checks",
        "metrics",
        "golden",
        "evolution",
        "retention",
    ),
    "tenancy": ("tenant", "tenants", "actor", "bootstrap"),
    "lakehouse": ("lake", "places", "refs"),
    "ingestion": ("receive", "deliver", "receipt", "proposal", "mapping"),
    "features": ("definition", "facts", "training_set", "build"),
    "models": (
        "estimator",
        "catalogue",
        "train",
        "batch",
        "score",
        "evaluate",
        "compare",
        "card",
        "replay",
        "watch",
        "rollback",
        "qini",
        "profit",
        "refresh",
    ),
    "simulation": ("demo", "delivery", "uploads"),
}
"""The rooms, and in each the modules whose names stay: whoever calls others may have to change."""


def api_pages() -> Iterator[tuple[str, str]]:
    """Yield each room's name and page."""
    for room, modules in PUBLIC.items():
        named = [f"{room}.{module}" for module in modules]
        yield room, page(f"# `{room}`", _room(room), *map(_module, named))


def _room(room: str) -> str:
    return f"```{{eval-rst}}\n.. automodule:: {room}\n```"


def _module(name: str) -> str:
    return f"## `{name}`\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```"
