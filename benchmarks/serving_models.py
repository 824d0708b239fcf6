"""One record a request, beside ``mlflow models serve`` on the same registered model.

Churn of IBM's telecom customers, received as their file is, and risk of incidents of a generated
company with texts. Both servers check types and names, write a line a request and answer with the
probability; both have one worker on the same core, and the clients are a process on another.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pyarrow as pa

from benchmarks.installation import make_installation
from benchmarks.load import Answered, Load, put
from benchmarks.real_tables import DATA
from benchmarks.served import Served, bare, cores, difference, mlflows, ours
from benchmarks.table import Line, median
from cli.demo_data import deliver, prepare
from features.shapes import Record, TrainingSet
from features.text_set import SAID
from lakehouse.lake import Lake
from models.artifact import Entry
from models.champion import Provenance, code_version
from models.example import synthetic_records
from models.live import Absent, LiveModels
from models.pipeline import RecordPipeline
from models.registry import Registry, registered_name
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
QUICK_REPEATS, QUICK_SECONDS = 3, 1.0
WARM_UP_SECONDS = 1.0
LEAST_TIMES = {"churn": 15.0, "incident_risk": 10.0}
P99_TIMES = 5.0
MOST_DIFFERENCE = 1e-6
QUICK_CUSTOMERS = 2_000
SCALE, QUICK_SCALE, INCIDENTS_EACH = 0.2, 0.06, 3.5
NEEDED = ("customers", "incidents")
"""Tables of the company that a model of incidents learns from."""

TRAINED_AT = "2026-11-27T00:00:00+00:00"
SAMPLE, QUICK_SAMPLE = 500, 100
"""Records that are asked for in turn, and whose answers are compared."""

REPLIES = 5_000
STRANGE: tuple[Record, ...] = ({}, {"contract_type": "never seen", "incident_kind": "never seen"})
NOTE = (
    "Both servers are asked in turns; a ratio is the median of the repeats'. Milliseconds inside "
    "the process are of the processor, the median of single records."
)


@dataclass(frozen=True)
class Turn:
    """One server's turn: what its clients saw, and what a request took of its processor."""

    answered: Answered
    processor_seconds: float


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
            cases = [_telco(lake, telco, folder, quick=quick), _company(lake, folder, quick=quick)]
            inside = list(_inside(lake, cases))
            with ExitStack() as stack:
                servers = _served(stack, lake, cases, folder)
                beside = [
                    line
                    for case, asked in zip(cases, servers, strict=True)
                    for line in _beside(lake, case, asked, quick=quick)
                ]
    return [*beside, *inside], [NOTE]


def _telco(lake: Lake, tenant: Tenant, folder: Path, *, quick: bool) -> Case:
    from ingestion.receive import receive

    file = _beginning(TELCO, folder, QUICK_CUSTOMERS) if quick else TELCO
    receive(lake, tenant, staff_actor(lake.store), file, "customers")
    return _trained(lake, tenant, "churn", QUICK_SAMPLE if quick else SAMPLE)


def _beginning(file: Path, folder: Path, rows: int) -> Path:
    with file.open(encoding="utf-8") as lines:
        first = "".join(islice(lines, rows + 1))
    beginning = folder / file.name
    beginning.write_text(first, encoding="utf-8")
    return beginning


def _company(lake: Lake, folder: Path, *, quick: bool) -> Case:
    generator = np.random.default_rng(20261127)
    scale = QUICK_SCALE if quick else SCALE
    made = demo_telecom.generate(generator, folder / "files", scale, INCIDENTS_EACH)
    tenant, _ = prepare(lake, made)
    for delivery in made.deliveries:
        if delivery.table in NEEDED:
            deliver(lake, tenant, staff_actor(lake.store), delivery)
    return _trained(lake, tenant, "incident_risk", QUICK_SAMPLE if quick else SAMPLE)


def _trained(lake: Lake, tenant: Tenant, model: str, sample: int) -> Case:
    """Choose and fit a tenant's model as training does, without judging it, and let it speak."""
    from features.training_set import training_set
    from ingestion.gold.refine import refine
    from models.cross import fit
    from models.rows import Rows

    refine(lake, tenant)
    found = training_set(lake, tenant, lake.contract_of(tenant), model)
    rows = Rows.of(found)
    pipeline = fit(rows, found.model.estimators, found.model.metric)
    _register(lake, tenant, found, pipeline)
    chosen = np.random.default_rng(0).permutation(len(rows))[:sample]
    key = issue_key(lake.store, staff_actor(lake.store), tenant, ("score",)).secret
    return Case(tenant, model, [found.records[place] for place in chosen], key)


def _register(lake: Lake, tenant: Tenant, found: TrainingSet, pipeline: RecordPipeline) -> None:
    """Make a pipeline the champion of its model."""
    contract, registry = lake.contract_of(tenant), Registry(lake.settings)
    told = Provenance(contract.version, dict(found.table_versions), code_version(), TRAINED_AT)
    entry = Entry(
        tenant_id=tenant.id,
        model=found.model.name,
        pipeline=pipeline,
        features=found.features,
        provenance=told,
        parameters={"estimator": pipeline.recipe.name if pipeline.recipe else ""},
        metrics={},
        example=synthetic_records(found.records, dict(pipeline.kinds or {}), persons=found.groups),
        out_of_fold=pa.table({}),
    )
    registry.set_alias(registry.log(entry), "champion")


def _served(
    stack: ExitStack, lake: Lake, cases: Sequence[Case], folder: Path
) -> list[tuple[Served, Served, Served]]:
    """Start the servers together; return who is asked for each model: ours, MLflow's, the bare."""
    with ThreadPoolExecutor() as pool:

        def started(server: AbstractContextManager[Served]) -> Future[Served]:
            return pool.submit(stack.enter_context, server)

        mine = started(ours(lake.settings, folder / "ours.log"))
        nothing = started(bare(folder / "bare.log"))
        theirs = [
            started(mlflows(_folder_of(lake, one), folder / f"{one.model}.log")) for one in cases
        ]
        return [
            (mine.result().asked_for(case.model, case.key), other.result(), nothing.result())
            for case, other in zip(cases, theirs, strict=True)
        ]


def _beside(
    lake: Lake, case: Case, servers: tuple[Served, Served, Served], *, quick: bool
) -> Iterator[Line]:
    """Yield the figures of both servers on one model."""
    repeats, seconds = (QUICK_REPEATS, QUICK_SECONDS) if quick else (REPEATS, SECONDS)
    contract, model = lake.contract_of(case.tenant), case.model
    champion = _present(LiveModels(lake).of(case.tenant, contract).scorer(model)).champion
    names = [feature.name for feature in champion.features]
    records = [{name: one.get(name) for name in names} for one in case.records]
    strange = [{n: one.get(n) for n in names} for one in STRANGE]
    strange += [{n: one.get(n, records[0][n]) for n in names} for one in STRANGE]
    mine, theirs, _ = servers
    apart = difference(mine, theirs, [*records, *_with_gaps(records), *strange])
    for server in servers:
        _asked(server, records, WARM_UP_SECONDS)
    turns = [tuple(_asked(one, records, seconds) for one in servers) for _ in range(repeats)]
    yield from _figures(model, [(one, other) for one, other, _ in turns], champion.estimator)
    yield _attainable(model, [(least, other) for _, other, least in turns])
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


def _asked(server: Served, records: Sequence[Record], seconds: float) -> Turn:
    bodies = [server.body([one]) for one in records]
    before = server.processor_seconds
    load = Load(server.port, server.path, server.headers, bodies, CLIENTS, seconds, cores()[1])
    answered = put(load)
    return Turn(answered, (server.processor_seconds - before) / answered.count)


def _figures(model: str, pairs: Sequence[tuple[Turn, Turn]], estimator: str) -> Iterator[Line]:
    answers = [(one.answered, other.answered) for one, other in pairs]
    rate = median([one.rate / other.rate for one, other in answers])
    tail = median([other.p99_seconds / one.p99_seconds for one, other in answers])
    mine, theirs = (
        {
            "rate": median([pair[who].rate for pair in answers]),
            "p50": 1000 * median([pair[who].p50_seconds for pair in answers]),
            "p99": 1000 * median([pair[who].p99_seconds for pair in answers]),
            "cost": 1000 * median([pair[who].processor_seconds for pair in pairs]),
            "client": 1000 * median([pair[who].own_seconds for pair in answers]),
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
    yield Line(
        f"{model}: processor time a request, times as little",
        median([other.processor_seconds / one.processor_seconds for one, other in pairs]),
        unit="×",
        peer=f"mlflow models serve: {theirs['cost']:.2f} ms against {mine['cost']:.2f} ms",
        configuration=f"whatever else the machine does; a client's: {mine['client']:.2f} ms",
    )
    failed = sum(one.failed for pair in answers for one in pair)
    yield Line(f"{model}: requests that failed", failed, unit="", most=0)


def _attainable(model: str, pairs: Sequence[tuple[Turn, Turn]]) -> Line:
    """Return how much sooner than MLflow's server one is that does nothing at all."""
    cost = 1000 * median([least.processor_seconds for least, _ in pairs])
    return Line(
        f"{model}: requests a second of Flask and granian that answer a constant, times as many",
        median([least.answered.rate / other.answered.rate for least, other in pairs]),
        unit="×",
        peer="mlflow models serve",
        configuration=f"for information: no model, key, check or log; {cost:.2f} ms of processor",
    )


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
