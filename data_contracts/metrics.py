"""The contact centre's measures, one definition each: pure formulas over counts and sums.

Gold counts, pages and reports divide; both use these, so a figure means the same everywhere.
A denominator of zero gives None: there is nothing to speak of, which is not the same as zero.
"""

SHORT_ABANDON_SECONDS = 5
"""A caller who hangs up sooner never gave the centre a chance."""

TARGET_SECONDS = 20
"""An answer within this time keeps the service level."""


def ratio(part: float, whole: float) -> float | None:
    """Return ``part / whole``; None where the whole is not positive."""
    return float(part) / float(whole) if whole > 0 else None


def service_level(within_target: int, offered: int, short_abandoned: int) -> float | None:
    """Service level: answered within target ÷ (offered − short abandons).

    Parameters
    ----------
    within_target
        Calls answered within `TARGET_SECONDS`.
    offered
        Inbound calls that reached the queue.
    short_abandoned
        Calls given up within `SHORT_ABANDON_SECONDS`.
    """
    return ratio(within_target, offered - short_abandoned)


def abandonment_rate(abandoned: int, short_abandoned: int, offered: int) -> float | None:
    """Abandonment rate: (abandoned − short abandons) ÷ (offered − short abandons)."""
    return ratio(abandoned - short_abandoned, offered - short_abandoned)


def average_speed_of_answer_seconds(wait_seconds_sum: float, answered: int) -> float | None:
    """Average speed of answer: waiting time of answered calls ÷ answered."""
    return ratio(wait_seconds_sum, answered)


def average_handle_time_seconds(handle_seconds_sum: float, answered: int) -> float | None:
    """Average handle time: (talk + hold + after-call work) ÷ answered."""
    return ratio(handle_seconds_sum, answered)


def occupancy(handle_seconds: float, available_seconds: float) -> float | None:
    """Occupancy: handle time ÷ (handle time + available time)."""
    return ratio(handle_seconds, handle_seconds + available_seconds)


def first_contact_resolution(solved_at_first_contact: int, cases: int) -> float | None:
    """First-contact resolution: cases without another contact on the subject in time ÷ cases."""
    return ratio(solved_at_first_contact, cases)


def nonconformity_rate(disputed_or_low: int, incidents: int) -> float | None:
    """Nonconformity rate: incidents disputed, reopened or rated ≤ 2 of 5 ÷ incidents."""
    return ratio(disputed_or_low, incidents)


def csat(answers_of_4_or_5: int, answers: int) -> float | None:
    """CSAT: answers of 4 or 5 (of 5) ÷ answers."""
    return ratio(answers_of_4_or_5, answers)
