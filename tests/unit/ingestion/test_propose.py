"""The proposed mapping, on real files: under their own headers, Spanish ones, and none at all."""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from data_contracts.contract import Contract, Table
from data_contracts.loader import load_contracts
from ingestion.mapping import labels_of, validate_mapping
from ingestion.proposal import Proposal, propose_mapping
from ingestion.proposal.match import is_guarded
from ingestion.proposal.words import plain
from ingestion.reading import RawTable, read_file
from tests.timing import seconds_of

TELCO = "churn_ibm_telco/Telco-Customer-Churn.csv"
TELCO_COLUMNS = (
    "customer_id", "gender", "senior_citizen", "partner", "dependents", "tenure_months",
    "phone_service", "multiple_lines", "internet_service", "online_security", "online_backup",
    "device_protection", "tech_support", "streaming_tv", "streaming_movies", "contract_type",
    "paperless_billing", "payment_method", "monthly_charge", "total_charge", "churned",
)  # fmt: skip

# As three clerks would head the same file; no header is a name or synonym of the contract.
SPANISH = {
    "first": (
        "Código abonado", "Sexo del titular", "Es adulto mayor", "Convive con pareja",
        "Hijos o familiares a cargo", "Meses de permanencia", "Tiene línea telefónica",
        "Más de una línea", "Tipo de conexión a internet", "Paquete de seguridad en línea",
        "Copia de seguridad en línea", "Seguro de equipos", "Asistencia técnica",
        "TV por streaming", "Cine por streaming", "Modalidad de contrato", "Recibo sin papel",
        "Manera de pagar", "Cobro del mes", "Cobro acumulado", "Canceló el servicio",
    ),
    "second": (
        "Nro. Suscriptor", "Género del cliente", "Jubilado", "Vive en pareja",
        "Tiene personas a su cargo", "Antigüedad (en meses)", "Posee telefonía fija",
        "Líneas adicionales", "Conexión de internet", "Antivirus / seguridad internet",
        "Respaldo en la nube", "Cobertura de dispositivos", "Mesa de ayuda técnica",
        "Televisión en streaming", "Películas en streaming", "Duración contrato",
        "Factura por correo electrónico", "Modo de pago", "Valor factura del mes",
        "Total pagado a la fecha", "Se dio de baja",
    ),
    "third": (
        "ID del usuario", "Sexo cliente", "Mayor de 65 años", "Cónyuge (S/N)",
        "Dependientes económicos", "Meses con la empresa", "Servicio de voz", "Varias líneas tel.",
        "Servicio de Internet contratado", "Protección en línea", "Backup en línea",
        "Protección del equipo", "Soporte", "Servicio de TV", "Servicio de películas",
        "Clase de contrato", "Facturación sin papel", "Medio con que paga", "Cargo del mes",
        "Cargo acumulado total", "Dejó la empresa",
    ),
}  # fmt: skip

BANK_COLUMNS = (
    "customer_id", "churned", "age", "gender", "dependent_count", "education_level",
    "marital_status", "income_category", "card_category", "tenure_months", "product_count",
    "inactive_months", "contact_count", "credit_limit", "revolving_balance", "open_to_buy",
    "amount_change_ratio", "transaction_amount", "transaction_count", "count_change_ratio",
    "utilization_ratio", None, None,
)  # fmt: skip
MLC_COLUMNS = (
    None, "region", "account_length", "area_code", "international_plan", "voice_mail_plan",
    "voicemail_messages", "day_minutes", "day_calls", "day_charge", "eve_minutes", "eve_calls",
    "eve_charge", "night_minutes", "night_calls", "night_charge", "intl_minutes", "intl_calls",
    "intl_charge", "service_calls", "churned",
)  # fmt: skip
IRANIAN_COLUMNS = (
    "call_failures", "complains", "subscription_months", "charge_level", "seconds_of_use",
    "calls_made", "sms_sent", "distinct_numbers", "age_group", "tariff_plan", "line_status", "age",
    "customer_value", "churned",
)  # fmt: skip


def contract_of(vertical: str) -> tuple[Contract, Table]:
    contract = load_contracts()[vertical]
    return contract, contract.table("customers")


def read(path: Path) -> RawTable:
    return read_file(path, path.name, 100_000_000)


Rewrite = Callable[..., RawTable]


@pytest.fixture
def rewritten(tmp_path: Path, real_data: Callable[[str], Path]) -> Rewrite:
    """Read a real file under other headers, in another order, with further columns."""

    def rewrite(
        name: str,
        headers: Sequence[str],
        order: Sequence[int] | None = None,
        added: dict[str, Callable[[random.Random], str]] | None = None,
        limit: int | None = None,
    ) -> RawTable:
        with real_data(name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))[1 : None if limit is None else limit + 1]
        order, added, dice = order or range(len(headers)), added or {}, random.Random(7)
        path = tmp_path / "rewritten.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(headers[i] for i in order), *added])
            for row in rows:
                writer.writerow(
                    [*(row[i] for i in order), *(make(dice) for make in added.values())]
                )
        return read(path)

    return rewrite


def targets(proposal: Proposal) -> list[str | None]:
    return [choice.target for choice in proposal.choices]


def score(proposal: Proposal, expected: Sequence[str | None]) -> tuple[int, list[str]]:
    """Return how many are right, and the guarded targets that are wrong."""
    table = contract_of("telecom")[1]
    pairs = list(zip(targets(proposal), expected, strict=True))
    wrong = [got for got, want in pairs if got is not None and got != want]
    return sum(got == want for got, want in pairs), [
        g for g in wrong if is_guarded(table.column(g))
    ]


def test_a_file_under_its_own_headers(real_data: Callable[[str], Path]):
    contract, customers = contract_of("telecom")
    raw = read(real_data(TELCO))
    proposal = propose_mapping(customers, raw, contract)
    assert targets(proposal) == list(TELCO_COLUMNS)
    assert {choice.why for choice in proposal.choices} <= {"name", "synonym"}
    assert min(choice.confidence for choice in proposal.choices) > 0.95
    mapping = proposal.mapping
    assert (mapping.key, mapping.label, mapping.upload) == ("natural", "column", "increment")
    assert mapping.values == {}
    validate_mapping(mapping, customers, raw.headers, labels_of(contract, customers))


def test_headers_that_say_nothing(rewritten: Rewrite):
    contract, customers = contract_of("telecom")
    raw = rewritten(TELCO, [f"c{i}" for i in range(1, 22)])
    proposal = propose_mapping(customers, raw, contract)
    right, wrong_guarded = score(proposal, TELCO_COLUMNS)
    assert right >= 20 and wrong_guarded == []
    assert (proposal.mapping.key, proposal.mapping.label) == ("natural", "column")
    reasons = {choice.target: choice.why for choice in proposal.choices}
    assert reasons["contract_type"] == "values"
    assert reasons["total_charge"] == "relation"
    assert reasons["partner"] == "order"


def test_headers_that_say_nothing_with_random_columns_behind(rewritten: Rewrite):
    contract, customers = contract_of("telecom")
    noise = {f"c{22 + k}": make for k, make in enumerate(NOISE.values())}
    raw = rewritten(TELCO, [f"c{i}" for i in range(1, 22)], added=noise)
    got = targets(propose_mapping(customers, raw, contract))
    assert got[21:] == [None] * len(noise)
    assert sum(g == w for g, w in zip(got, TELCO_COLUMNS, strict=False)) >= 18


def test_headers_that_say_nothing_in_no_order_stay_unmapped_rather_than_wrong(rewritten: Rewrite):
    contract, customers = contract_of("telecom")
    order = random.Random(3).sample(range(21), 21)
    raw = rewritten(TELCO, [f"c{i}" for i in range(1, 22)], order)
    got = targets(propose_mapping(customers, raw, contract))
    wrong = [g for g, i in zip(got, order, strict=True) if g not in (None, TELCO_COLUMNS[i])]
    assert wrong == []
    assert {"customer_id", "gender", "contract_type", "payment_method", "total_charge"} <= set(got)


NOISE: dict[str, Callable[[random.Random], str]] = {
    "ruido": lambda dice: f"{dice.gauss(0, 1):.4f}",
    "zodiaco": lambda dice: dice.choice(["aries", "tauro", "leo", "virgo"]),
    "bodega": lambda dice: str(dice.randint(0, 900)),
    "hash interno": lambda dice: f"{dice.getrandbits(64):016x}",
    "marca xyz": lambda dice: dice.choice(["Yes", "No"]),
}


@pytest.mark.parametrize("clerk", SPANISH)
def test_no_spanish_header_stands_in_the_contract(clerk: str):
    customers = contract_of("telecom")[1]
    written = {
        plain(name).replace(" ", "")
        for c in customers.columns
        for name in (c.name, *c.synonyms, *c.label.values())
    }
    assert not {plain(header).replace(" ", "") for header in SPANISH[clerk]} & written


@pytest.mark.parametrize("clerk", SPANISH)
@pytest.mark.parametrize("mixed", [False, True], ids=["in order", "shuffled, with noise"])
def test_spanish_headers_that_stand_in_no_contract(rewritten: Rewrite, clerk: str, mixed: bool):
    contract, customers = contract_of("telecom")
    order = random.Random(5).sample(range(21), 21) if mixed else list(range(21))
    noise = NOISE if mixed else {}
    raw = rewritten(TELCO, SPANISH[clerk], order, noise)
    proposal = propose_mapping(customers, raw, contract)
    expected = [*(TELCO_COLUMNS[i] for i in order), *([None] * len(noise))]
    right, wrong_guarded = score(proposal, expected)
    assert right - len(noise) >= 18, [
        (c.source, c.target, w)
        for c, w in zip(proposal.choices, expected, strict=True)
        if c.target != w
    ]
    assert targets(proposal)[21:] == [None] * len(noise)
    assert wrong_guarded == []


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_few_rows_or_none_fall_back_on_names(rewritten: Rewrite, rows: int):
    contract, customers = contract_of("telecom")
    proposal = propose_mapping(customers, rewritten(TELCO, SPANISH["first"], limit=rows), contract)
    right, wrong_guarded = score(proposal, TELCO_COLUMNS)
    assert right >= 17 and wrong_guarded == []
    bare = propose_mapping(customers, rewritten(TELCO, [f"c{i}" for i in range(1, 22)], limit=0))
    assert targets(bare) == [None] * 21 and bare.mapping.key == "row"


@pytest.mark.parametrize(
    ("name", "vertical", "expected", "key"),
    [
        ("churn_mlc_telecom/mlc_churn.csv", "telecom", MLC_COLUMNS, "row"),
        ("churn_iranian_telecom/Customer_Churn.csv", "telecom", IRANIAN_COLUMNS, "row"),
        ("churn_credit_card/BankChurners.csv", "banking", BANK_COLUMNS, "natural"),
    ],
)
def test_other_real_files_map_without_an_edit_of_the_contract(
    real_data: Callable[[str], Path],
    name: str,
    vertical: str,
    expected: tuple[str | None, ...],
    key: str,
):
    contract, customers = contract_of(vertical)
    raw = read(real_data(name))
    proposal = propose_mapping(customers, raw, contract)
    assert targets(proposal) == list(expected)
    assert (proposal.mapping.key, proposal.mapping.label) == (key, "column")
    validate_mapping(proposal.mapping, customers, raw.headers, labels_of(contract, customers))


def test_a_proposal_is_quick(real_data: Callable[[str], Path]):
    contract, customers = contract_of("telecom")
    raw = read(real_data(TELCO))
    propose_mapping(customers, raw, contract)
    assert seconds_of(lambda: propose_mapping(customers, raw, contract)) < 0.3
