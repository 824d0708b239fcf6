"""What is told beside a photo or page: seen before, of what kind, what its receipt says. Pure.

Nothing here names a person: companies are masked and numbers cut short before they are kept.
"""

from collections.abc import Iterator

from dashboards.formats import NOTHING
from dashboards.words import Words
from operations.conversation.files import CaseFile, Row

FORMS = {None: "receipt_number", False: "receipt_number_wrong", True: "receipt_number_valid"}


def seen_before(file: CaseFile, words: Words) -> list[str]:
    """Return with which earlier cases a photo came."""
    return [
        words.say(
            "came_before" if one.is_same else "came_nearly",
            incident=one.incident_id,
            at=words.day(one.received_at),
        )
        for one in file.before
    ]


def kind(found: Row | None, words: Words) -> str | None:
    """Return what the tenant's classifier sees; None where there is none, or it has not looked."""
    if found is None or found.get("label_probability") is None:
        return None
    if found["label"] is None:
        return words.say("photo_kind_unsure")
    share = words.share(found["label_probability"])
    return words.say("photo_kind", label=found["label"], share=share)


def receipt(found: Row | None, words: Words) -> list[tuple[str, str]]:
    """Return the fields that were read of a receipt or invoice, with their names."""
    if not found or not found.get("is_receipt"):
        return []
    told = {
        "receipt_company": found.get("company"),
        "receipt_issued_on": words.calendar_day(found.get("issued_on")),
        "receipt_total": _total(found, words),
        "receipt_numbers": " · ".join(_numbers(found, words)),
    }
    return [(words.say(key), said) for key, said in told.items() if said and said != NOTHING]


def _total(found: Row, words: Words) -> str | None:
    """Return the total in the currency that its sign says, and in none where no sign says one."""
    total, currency = found.get("total"), found.get("currency")
    if total is None:
        return None
    if currency:
        return words.money(total, currency)
    return words.say("receipt_no_sign", amount=words.number(total, 2))


def _numbers(found: Row, words: Words) -> Iterator[str]:
    for one in found.get("identifications") or ():
        yield words.say(FORMS[one["valid"]], kind=one["kind"], ending=one["ending"])
