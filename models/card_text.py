"""A card as Markdown, in the reader's language."""

import re
from collections.abc import Iterator, Sequence

from features.spec import say_number
from foundation.texts import Language, text
from models.card import Card
from models.evaluate import Interval
from models.slices import SliceFigures, say_slice

SHOWN = (
    *("auc", "average_precision", "brier", "base_rate_brier", "calibration_slope"),
    *("expected_profit", "accuracy", "log_loss", "mean_absolute_error", "r2"),
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
        _groups(card, language),
        _features(card, language),
        _limits(card, language),
    ]
    whole = "\n\n".join(part for part in parts if part) + "\n"
    return re.sub(r"^(#+) ", "#" * (level - 1) + r"\1 ", whole, flags=re.MULTILINE)


def _say(key: str, language: Language, **words: object) -> str:
    return text(f"card.{key}", language, **words)


def _head(card: Card, language: Language) -> str:
    champion = card.champion
    line = _say(
        "version",
        language,
        version=champion.version,
        trained_at=champion.provenance.trained_at[:16].replace("T", " "),
        estimator=champion.estimator,
        contract=f"{card.contract.vertical} {champion.provenance.contract_version}",
        code=champion.provenance.code_version,
    )
    return "\n\n".join(
        [
            f"# {card.model.title[language]} · {_plain(card.tenant_name)}",
            _say(f"use_{card.model.entity}", language, days=card.model.label.horizon_days),
            line,
            _say("champions", language, versions=", ".join(card.champions)),
        ]
    )


def _data(card: Card, language: Language) -> str:
    known = card.parameters
    told = _say(
        f"split_{known.get('split', 'group')}",
        language,
        rows=_whole(known.get("rows"), language),
        positives=_whole(known.get("positives"), language),
        persons=_whole(known.get("persons_left_out"), language),
    )
    tables = ", ".join(
        f"gold.{name} v{version}"
        for name, version in sorted(card.champion.provenance.table_versions.items())
    )
    return f"## {_say('data', language)}\n\n{told}\n\n{_say('tables', language, tables=tables)}"


def _quality(card: Card, language: Language) -> str:
    rows = [
        (_say(f"metric_{name}", language), *_interval(found, language))
        for name in SHOWN
        if (found := _found(card, name)) is not None
    ]
    return f"## {_say('quality', language)}\n\n{_table(_say('quality_headers', language), rows)}"


def _groups(card: Card, language: Language) -> str:
    if card.threshold is None:
        return ""
    title = f"## {_say('groups', language)}"
    if not card.slices:
        return f"{title}\n\n{_say('no_groups', language)}"
    said = _say("groups_told", language, threshold=_share(card.threshold, language))
    rows = [_group(card, one, language) for one in card.slices]
    warnings = [_say("groups_differ", language, **w) for w in _differences(card, language)]
    table = _table(_say("groups_headers", language), rows)
    return "\n\n".join([title, said, table, *warnings])


def _group(card: Card, one: SliceFigures, language: Language) -> tuple[str, ...]:
    return (
        _slice_name(card, one.name, language),
        say_number(one.rows, language),
        _share(one.base_rate, language),
        _share(one.mean_probability, language),
        _figure(one.auc, language),
        _share(one.flagged_rate, language),
        _share(one.true_positive_rate, language),
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
                "low_share": _share(low.true_positive_rate, language),
                "high": _slice_name(card, high.name, language),
                "high_share": _share(high.true_positive_rate, language),
            }


def _features(card: Card, language: Language) -> str:
    names = ", ".join(f"`{spec.name}`" for spec in card.champion.features)
    out = [
        _say("left_out_line", language, feature=name, reason=_say(f"why_{reason}", language))
        for name, reason in sorted(card.left_out.items())
    ]
    told = [f"## {_say('features', language)}", names]
    return "\n\n".join([*told, _say("left_out", language), "\n".join(out)] if out else told)


def _limits(card: Card, language: Language) -> str:
    lines = [_say("limit_tenant", language, tenant=_plain(card.tenant_name))]
    lines.append(_say("limit_time", language, days=card.model.label.horizon_days))
    lines += [_say("limit_protected", language), _say("limit_person", language)]
    return f"## {_say('limits', language)}\n\n" + "\n".join(f"- {line}" for line in lines)


def _found(card: Card, name: str) -> Interval | None:
    if name not in card.metrics:
        return None
    ends = (card.metrics.get(f"{name}_{end}", float("nan")) for end in ("low", "high"))
    return Interval(card.metrics[name], *ends)


def _interval(found: Interval, language: Language) -> tuple[str, str]:
    value, low, high = (_figure(v, language) for v in (found.value, found.low, found.high))
    return value, f"{low} – {high}"


def _figure(value: float, language: Language) -> str:
    if abs(value) >= 1000:
        return say_number(value, language)
    written = f"{value:.3f}"
    return written.replace(".", ",") if language == "es" else written


def _share(value: float, language: Language) -> str:
    written = f"{100 * value:.1f} %"
    return written.replace(".", ",") if language == "es" else written


def _whole(written: str | None, language: Language) -> str:
    return say_number(float(written or 0), language)


def _slice_name(card: Card, name: str, language: Language) -> str:
    return _plain(say_slice(card.contract, name, language))


def _plain(words: str) -> str:
    """Return words that are a tenant's own, so that no sign in them is Markdown's."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-.!|~$" else sign for sign in words)


def _table(headers: str, rows: Sequence[Sequence[str]]) -> str:
    names = headers.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
