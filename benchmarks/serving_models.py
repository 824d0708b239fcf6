"""One record a request, beside ``mlflow models serve`` on the same registered model.

Churn of IBM's telecom customers, received as their file is, and risk of incidents of a generated
company with texts. Both servers check types and names, write a line a request and answer with the
probability; both have one worker on the same core, and the clients are a process on another.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np

from benchmarks.installation import make_installation
from benchmarks.load import Answered, Load, put
from benchmarks.real_tables import DATA
from benchmarks.served import Served, cores, difference, mlflows, ours
from benchmarks.table import Line, median
from cli.demo_data import deliver, prepare
from features.shapes import Record
from features.text_set import SAID
from lakehouse.lake import Lake
from models.live import Absent, LiveModels
from models.registry import registered_name
from models.replies import Reply, ReplyRanker
from models.score import Scorer
from models.text_model import TextModel, records_of
from models.tracking import client_of
from simulation import demo_telecom
from tenancy.api_keys import issue_key
from tenancy.bootstrap import staff_actor
from tenancy.tenant import Tenant

TELCO = DATA / "churn_ibm_telco" / "Telco-Customer-Churn.csv"
CLIENTS = 8
REPEATS, SECONDS = 5, 8.0
QUICK_REPEATS, QUICK_SECONDS = 3, 1.5
LEAST_TIMES = {"churn": 15.0, "incident_risk": 10.0}
P99_TIMES = 5.0
MOST_DIFFERENCE = 1e-6
SAMPLE = 500
"""Records that are asked for in turn, and whose answers are compared."""

REPLIES = 5_000
STRANGE: tuple[Record, ...] = ({}, {"contract_type": "never seen", "incident_kind": "never seen"})
NOTE = (
    "Both servers are asked in turns; a ratio is the median of the repeats'. Milliseconds inside "
    "the process are of the processor, the median of single records."
)


@dataclass(frozen=True)
class Case:
    """A tenant's model, and records to ask it about."""

    tenant: Tenant
    model: str
    records: list[Record]
    key: str


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    with tempfile.TemporaryDirectory(prefix="abcall-models-") as made:
        folder = Path(made)
        settings, (telco,) = make_installation(folder / "data", "telco")
        with Lake.open(settings) as lake:
            cases = [_telco(lake, telco), _company(lake, folder)]
            inside = list(_inside(lake, cases))
            beside = [line for one in cases for line in _beside(lake, one, folder, quick=quick)]
    return [*beside, *inside], [NOTE]


def _telco(lake: Lake, tenant: Tenant) -> Case:
    from ingestion.receive import receive

    receive(lake, tenant, staff_actor(lake.store), TELCO, "customers")
    return _trained(lake, tenant, ("churn",))


def _company(lake: Lake, folder: Path) -> Case:
    generator = np.random.default_rng(20261127)
    made = demo_telecom.generate(generator, folder / "files", 0.2, 3.5)
    tenant, _ = prepare(lake, made)
    for delivery in made.deliveries:
        deliver(lake, tenant, staff_actor(lake.store), delivery)
    return _trained(lake, tenant, ("churn", "incident_risk"))


def _trained(lake: Lake, tenant: Tenant, models: Sequence[str]) -> Case:
    """Train a tenant's models as the platform does; the last one is asked."""
    from features.training_set import training_set
    from ingestion.gold.refine import refine
    from models.train import train

    refine(lake, tenant)
    for model in models:
        train(lake, tenant, model)
    found = training_set(lake, tenant, lake.contract_of(tenant), models[-1]).records
    chosen = np.random.default_rng(0).permutation(len(found))[:SAMPLE]
    key = issue_key(lake.store, staff_actor(lake.store), tenant, ("score",)).secret
    return Case(tenant, models[-1], [found[place] for place in chosen], key)


def _beside(lake: Lake, case: Case, folder: Path, *, quick: bool) -> Iterator[Line]:
    """Yield the figures of both servers on one model."""
    repeats, seconds = (QUICK_REPEATS, QUICK_SECONDS) if quick else (REPEATS, SECONDS)
    contract, model = lake.contract_of(case.tenant), case.model
    champion = _present(LiveModels(lake).of(case.tenant, contract).scorer(model)).champion
    names = [feature.name for feature in champion.features]
    records = [{name: one.get(name) for name in names} for one in case.records]
    strange = [{n: one.get(n) for n in names} for one in STRANGE]
    strange += [{n: one.get(n, records[0][n]) for n in names} for one in STRANGE]
    with ExitStack() as stack:
        logs = (folder / f"{model}-{who}.log" for who in ("ours", "mlflow"))
        mine = stack.enter_context(ours(lake.settings, case.key, model, next(logs)))
        theirs = stack.enter_context(mlflows(_folder_of(lake, case), next(logs)))
        apart = difference(mine, theirs, [*records, *_with_gaps(records), *strange])
        cost = [_processor_milliseconds(server, records) for server in (mine, theirs)]
        pairs = [
            (_asked(mine, records, seconds), _asked(theirs, records, seconds))
            for _ in range(repeats)
        ]
    yield from _figures(model, pairs, champion.estimator)
    yield Line(
        f"{model}: processor time a request, times as little",
        cost[1] / cost[0],
        unit="×",
        peer=f"mlflow models serve: {cost[1]:.2f} ms against {cost[0]:.2f} ms",
        configuration="whatever else the machine does",
    )
    yield Line(
        f"{model}: largest difference of probabilities",
        apart,
        unit="",
        most=MOST_DIFFERENCE,
        peer="the same model, nulls and unseen categories too",
        digits=10,
    )


def _with_gaps(records: Sequence[Record]) -> list[Record]:
    """Return the records again, each without another one of its values."""
    names = list(records[0])
    return [one | {names[at % len(names)]: None} for at, one in enumerate(records)]


def _processor_milliseconds(server: Served, records: Sequence[Record]) -> float:
    """Return what a request takes of the server's processor; a warm-up, too."""
    _asked(server, records, seconds=1.0)
    before = server.processor_seconds
    answered = _asked(server, records, seconds=QUICK_SECONDS)
    return 1000 * (server.processor_seconds - before) / (answered.rate * QUICK_SECONDS)


def _asked(server: Served, records: Sequence[Record], seconds: float) -> Answered:
    bodies = [server.body([one]) for one in records]
    return put(Load(server.port, server.path, server.headers, bodies, CLIENTS, seconds, cores()[1]))


def _figures(
    model: str, pairs: Sequence[tuple[Answered, Answered]], estimator: str
) -> Iterator[Line]:
    rate = median([one.rate / other.rate for one, other in pairs])
    tail = median([other.p99_seconds / one.p99_seconds for one, other in pairs])
    mine, theirs = (
        {
            "rate": median([pair[who].rate for pair in pairs]),
            "p50": 1000 * median([pair[who].p50_seconds for pair in pairs]),
            "p99": 1000 * median([pair[who].p99_seconds for pair in pairs]),
        }
        for who in (0, 1)
    )
    told = f"{CLIENTS} clients, {len(pairs)} times in turn, {estimator}"
    yield Line(
        f"{model}: requests a second, times as many",
        rate,
        unit="×",
        least=LEAST_TIMES[model],
        peer=f"mlflow models serve: {theirs['rate']:,.0f}/s against {mine['rate']:,.0f}/s",
        configuration=told,
    )
    yield Line(
        f"{model}: p99, times as short",
        tail,
        unit="×",
        least=P99_TIMES,
        peer=f"mlflow models serve: {theirs['p99']:.0f} ms against {mine['p99']:.1f} ms",
        configuration=f"p50 {theirs['p50']:.0f} ms against {mine['p50']:.1f} ms",
    )
    failed = sum(one.failed for pair in pairs for one in pair)
    yield Line(f"{model}: requests that failed", failed, unit="", most=0)


def _inside(lake: Lake, cases: Sequence[Case]) -> Iterator[Line]:
    """Yield what single records take inside the process."""
    models = [LiveModels(lake).of(case.tenant, lake.contract_of(case.tenant)) for case in cases]
    for case, found in zip(cases, models, strict=True):
        scorer, records = _present(found.scorer(case.model)), cycle(case.records)
        limits = (2.0, 0.15) if case.model == "churn" else (2.0, None)
        for reasons, most in zip((True, False), limits, strict=True):
            told = "with reasons" if reasons else "without reasons"
            figure = f"{case.model} inside the process, {told}"
            yield _milliseconds(figure, partial(_score, scorer, records, reasons), most)
    texts = sorted({str(one[SAID]) for one in cases[-1].records if one.get(SAID)})
    yield from _texts(texts)


def _score(scorer: Scorer, records: Iterator[Record], reasons: bool) -> None:
    scorer.score([next(records)], reasons=reasons)


def _texts(texts: Sequence[str]) -> Iterator[Line]:
    """Yield what intent, urgency and replies take."""
    said = cycle(texts)
    intent, urgency = TextModel(), TextModel(("low", "medium", "high"))
    records = records_of(texts)
    intent.fit(records, [f"intent {place % 12}" for place in range(len(texts))])
    urgency.fit(records, [("low", "medium", "high")[place % 3] for place in range(len(texts))])

    def heard() -> None:
        one = records_of([next(said)])
        intent.decide(one)
        urgency.decide(one)

    yield _milliseconds("intent and urgency inside the process", heard, 3.0)
    replies = (
        Reply(f"R{n}", f"{n}: {texts[-n % len(texts)]}", question=texts[n % len(texts)])
        for n in range(REPLIES)
    )
    ranker = ReplyRanker().fit(replies)
    yield _milliseconds(
        f"best of {REPLIES:,} replies inside the process", lambda: ranker.rank(next(said)), 5.0
    )


def _milliseconds(figure: str, act: Callable[[], object], most: float | None) -> Line:
    took = []
    for _ in range(300):
        begun = time.thread_time()
        act()
        took.append(1000 * (time.thread_time() - begun))
    return Line(figure, median(took[20:]), "ms", most=most, digits=3)


def _present(found: Scorer | Absent) -> Scorer:
    if isinstance(found, Absent):
        raise found.why
    return found


def _folder_of(lake: Lake, case: Case) -> Path:
    """Return where the champion lies."""
    client = client_of(lake.settings)
    name = registered_name(case.tenant.id, case.model)
    source = client.get_model_version_by_alias(name, "champion").source
    return Path(unquote(urlparse(str(source)).path))
