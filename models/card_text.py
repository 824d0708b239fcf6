"""A card as Markdown, in the reader's language."""

import re
from collections.abc import Iterator

from features.spec import say_number
from foundation.plugins import told_packages
from foundation.texts import Language
from models.card import Card
from models.card_forms import figure, interval, say, share, table
from models.card_risk import classes, timing
from models.slices import SliceFigures, say_slice

SHOWN = (
    *("auc", "average_precision", "brier", "base_rate_brier", "calibration_slope"),
    *("expected_profit", "accuracy", "macro_f1", "log_loss", "mean_absolute_error", "r2"),
)
"""Figures in their order on a card, where a version has them."""
SPREAD_WORTH_A_WORD = 0.1
"""Difference between groups' true-positive rates from which the card warns."""


def to_markdown(card: Card, language: Language, *, level: int = 1) -> str:
    """Return the whole card, its title a heading of ``level``."""
    parts = [
        _head(card, language),
        _data(card, language),
        _quality(card, language),
        classes(card, language),
        timing(card, language),
        _groups(card, language),
        _features(card, language),
        _limits(card, language),
    ]
    whole = "\n\n".join(part for part in parts if part) + "\n"
    return re.sub(r"^(#+) ", "#" * (level - 1) + r"\1 ", whole, flags=re.MULTILINE)


def _head(card: Card, language: Language) -> str:
    champion = card.champion
    line = say(
        "version",
        language,
        version=champion.version,
        trained_at=champion.provenance.trained_at[:16].replace("T", " "),
        estimator=champion.estimator,
        contract=f"{card.contract.vertical} {champion.provenance.contract_version}",
        code=champion.provenance.code_version,
    )
    told = [
        f"# {card.model.title[language]} · {_plain(card.tenant_name)}",
        say(f"use_{card.model.entity}", language, days=card.model.label.horizon_days),
        line,
        say("champions", language, versions=", ".join(card.champions)),
    ]
    packages = champion.provenance.packages
    if packages:
        told.append(say("packages", language, packages=told_packages(packages)))
    return "\n\n".join(told)


def _data(card: Card, language: Language) -> str:
    known = card.parameters
    told = say(
        f"split_{known.get('split', 'group')}",
        language,
        rows=_whole(known.get("rows"), language),
        positives=_whole(known.get("positives"), language),
        persons=_whole(known.get("persons_left_out"), language),
    )
    if "prior_source" in known:
        begun = {"rows": _whole(known["prior_rows"], language), "parts": known["prior_parts"]}
        told += "\n\n" + say(f"prior_{known['prior_source']}", language, **begun)
    tables = ", ".join(
        f"gold.{name} v{version}"
        for name, version in sorted(card.champion.provenance.table_versions.items())
    )
    return f"## {say('data', language)}\n\n{told}\n\n{say('tables', language, tables=tables)}"


def _quality(card: Card, language: Language) -> str:
    rows = [
        (say(f"metric_{name}", language), *interval(card.metrics, name, language))
        for name in SHOWN
        if name in card.metrics
    ]
    return f"## {say('quality', language)}\n\n{table(say('quality_headers', language), rows)}"


def _groups(card: Card, language: Language) -> str:
    if card.threshold is None:
        return ""
    title = f"## {say('groups', language)}"
    if not card.slices:
        return f"{title}\n\n{say('no_groups', language)}"
    said = say("groups_told", language, threshold=share(card.threshold, language))
    rows = [_group(card, one, language) for one in card.slices]
    warnings = [say("groups_differ", language, **w) for w in _differences(card, language)]
    figures = table(say("groups_headers", language), rows)
    return "\n\n".join([title, said, figures, *warnings])


def _group(card: Card, one: SliceFigures, language: Language) -> tuple[str, ...]:
    return (
        _slice_name(card, one.name, language),
        say_number(one.rows, language),
        share(one.base_rate, language),
        share(one.mean_probability, language),
        figure(one.auc, language),
        share(one.flagged_rate, language),
        share(one.true_positive_rate, language),
    )


def _differences(card: Card, language: Language) -> Iterator[dict[str, str]]:
    """Yield the declared features between whose groups the found shares differ much."""
    by_feature: dict[str, list[SliceFigures]] = {}
    for one in card.slices:
        by_feature.setdefault(one.name.split("=", 1)[0], []).append(one)
    for found in by_feature.values():
        low = min(found, key=lambda one: one.true_positive_rate)
        high = max(found, key=lambda one: one.true_positive_rate)
        if high.true_positive_rate - low.true_positive_rate >= SPREAD_WORTH_A_WORD:
            yield {
                "low": _slice_name(card, low.name, language),
                "low_share": share(low.true_positive_rate, language),
                "high": _slice_name(card, high.name, language),
                "high_share": share(high.true_positive_rate, language),
            }


def _features(card: Card, language: Language) -> str:
    names = ", ".join(f"`{spec.name}`" for spec in card.champion.features)
    out = [
        say("left_out_line", language, feature=name, reason=say(f"why_{reason}", language))
        for name, reason in sorted(card.left_out.items())
    ]
    told = [f"## {say('features', language)}", names]
    return "\n\n".join([*told, say("left_out", language), "\n".join(out)] if out else told)


def _limits(card: Card, language: Language) -> str:
    lines = [say("limit_tenant", language, tenant=_plain(card.tenant_name))]
    lines.append(say("limit_time", language, days=card.model.label.horizon_days))
    lines += [say("limit_protected", language), say("limit_person", language)]
    return f"## {say('limits', language)}\n\n" + "\n".join(f"- {line}" for line in lines)


def _whole(written: str | None, language: Language) -> str:
    return say_number(float(written or 0), language)


def _slice_name(card: Card, name: str, language: Language) -> str:
    return _plain(say_slice(card.contract, name, language))


def _plain(words: str) -> str:
    """Return words that are a tenant's own, so that no sign in them is Markdown's."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-.!|~$" else sign for sign in words)
