"""Whatever people do in whatever order: open, resolved, replaced and dismissed are all rows.

Hypothesis writes a story of corrections, dismissals, reopenings and corrected files; a model of a
few lines says what must be the state of every row after each step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from foundation.errors import InvalidRequest
from ingestion.ledger.correction import Correction
from ingestion.ledger.dismiss import dismiss, reopen
from ingestion.ledger.query import causes, page, state_counts, stored_refs
from ingestion.ledger.redrive import redrive
from ingestion.ledger.rows import ledger_page
from ingestion.ledger.schema import RowRef, RowState
from ingestion.ledger.selection import Selection
from tests.ingestion_lake import ACTOR, TENANT, Door, installation

pytestmark = pytest.mark.slow

GOOD, BAD = "3", "x"
Step = tuple[str, int, str]
steps = st.lists(
    st.tuples(
        st.sampled_from(["correct", "dismiss", "reopen", "redrive_all"]),
        st.integers(0, 3),
        st.sampled_from([GOOD, BAD]),
    ),
    min_size=1,
    max_size=5,
)


@dataclass
class Model:
    """What must have become of every rejected row."""

    rows: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in ("open", "resolved", "replaced", "dismissed")}
    )

    def move(self, name: str, before: str, after: str) -> None:
        self.rows[before].remove(name)
        self.rows[after].append(name)

    def corrected(self, name: str, value: str) -> None:
        self.move(name, "open", "resolved" if value == GOOD else "replaced")
        if value != GOOD:
            self.rows["open"].append(name)

    @property
    def counts(self) -> dict[str, int]:
        return {state: len(names) for state, names in self.rows.items()}


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Door]]:
    folder = tmp_path_factory.mktemp("stories")
    door = Door(installation(folder), folder)
    yield [door]
    door.lake.close()


def named(door: Door, state: RowState) -> dict[str, RowRef]:
    """Return the rows of a state by the customer that they are about."""
    selection = Selection("customers", state=state)
    seen = ledger_page(door.lake, TENANT, ACTOR, selection, limit=1000)
    return {str((row.row or {})["id"]): row.ref for row in seen}


def told(door: Door, model: Model, step: Step) -> None:
    """Do one step of the story, and to the model what it must do."""
    action, which, value = step
    state: RowState = "dismissed" if action == "reopen" else "open"
    names = sorted(model.rows[state])
    if not names:
        return
    name = names[which % len(names)]
    one = Selection("customers", rows=(named(door, state)[name],), state=state)
    if action == "dismiss":
        dismiss(door.lake, TENANT, ACTOR, one, "no hace falta")
        model.move(name, "open", "dismissed")
    elif action == "reopen":
        reopen(door.lake, TENANT, ACTOR, one)
        model.move(name, "dismissed", "open")
    else:
        selection = one if action == "correct" else Selection("customers")
        redrive(door.lake, TENANT, ACTOR, selection, Correction(every={"months": value}))
        for each in [name] if action == "correct" else names:
            model.corrected(each, value)


@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
def test_every_rejected_row_is_in_one_state_after_any_story(doors: list[Door], story: list[Step]):
    door = doors[0]
    before, number = state_counts(door.lake, TENANT, "customers"), door.files
    door.customers(*(f"P{number}-{n},Ana,2024-01-01,x,10,5,no" for n in range(4)))
    model = Model()
    model.rows["open"] = [f"P{number}-{n}" for n in range(4)]
    for step in story:
        told(door, model, step)
        now = state_counts(door.lake, TENANT, "customers")
        assert {state: now[state] - before[state] for state in now} == model.counts
        assert sum(now.values()) == door.rows_in("quarantine", "customers")
    # The next story begins with nothing open and nothing that could be reopened.
    clear(door, "dismissed")
    clear(door, "open")
    assert page(door.lake, TENANT, Selection("customers"), limit=1) == []
    assert causes(door.lake, TENANT, Selection("customers")) == []


def clear(door: Door, state: RowState) -> None:
    selection = Selection("customers", state=state)
    if state == "dismissed" and stored_refs(door.lake, TENANT, selection):
        reopen(door.lake, TENANT, ACTOR, selection)
    if state == "open" and stored_refs(door.lake, TENANT, selection):
        redrive(door.lake, TENANT, ACTOR, selection, Correction(every={"months": GOOD}))


def test_nothing_to_do_is_said_and_changes_nothing(doors: list[Door]):
    with pytest.raises(InvalidRequest):
        redrive(doors[0].lake, TENANT, ACTOR, Selection("customers"))
