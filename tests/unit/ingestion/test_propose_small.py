"""The proposed mapping, on small tables: kinds, values spelled otherwise, and who is guarded."""

from pathlib import Path

from data_contracts.loader import load_contracts
from ingestion.proposal import Proposal, propose_mapping
from ingestion.reading import read_file

CONTRACT = load_contracts()["telecom"]


def propose(folder: Path, content: str, table: str = "customers") -> Proposal:
    path = folder / "x.csv"
    path.write_text(content, encoding="utf-8")
    return propose_mapping(CONTRACT.table(table), read_file(path, path.name, 10_000_000), CONTRACT)


def columns(header: str, row: str, times: int = 40) -> str:
    """Return a file whose rows differ in ``{n}``."""
    return "\n".join([header, *(row.replace("{n}", str(n)) for n in range(times))])


def test_a_named_key_stays_the_key_where_a_few_rows_repeat_it_or_lack_it(tmp_path: Path):
    unique = propose(tmp_path, columns("customer_id,age", "A{n},30"))
    repeated = propose(tmp_path, columns("customer_id,age", "A{n},30") + "\nA1,31")
    blank = propose(tmp_path, columns("customer_id,age", "A{n},30") + "\n,31")
    assert [p.mapping.key for p in (unique, repeated, blank)] == ["natural"] * 3
    assert repeated.mapping.columns["customer_id"] == "customer_id"


def test_versions_of_a_customer_share_their_key_and_repeated_rows_without_dates_do_not(
    tmp_path: Path,
):
    rows = [f"A{n % 10},2024-{1 + n // 10:02d}-01,{n}" for n in range(40)]
    dated = propose(tmp_path, "\n".join(["cliente,fecha_corte,antiguedad", *rows]))
    undated = propose(
        tmp_path, "\n".join(["cliente,antiguedad", *(f"A{n % 10},{n}" for n in range(40))])
    )
    assert (dated.mapping.key, undated.mapping.key) == ("natural", "row")


def test_in_a_small_file_the_names_decide_whatever_a_bad_value_says(tmp_path: Path):
    one = propose(tmp_path, "customerID,tenure,MonthlyCharges,Churn\nC1,1,20.5,No")
    assert list(one.mapping.columns.values()) == [
        "customer_id", "tenure_months", "monthly_charge", "churned",
    ]  # fmt: skip
    assert one.mapping.key == "natural"
    rows = ["C1,=1+1,a", "C2,2,=cmd", "C3,3,3"]
    bad = propose(tmp_path, "\n".join(["customerID,tenure,MonthlyCharges", *rows]))
    assert set(bad.mapping.columns.values()) == {"customer_id", "tenure_months", "monthly_charge"}


def test_a_named_column_with_some_dirt_is_mapped_so_that_the_dirt_is_rejected(tmp_path: Path):
    rows = [f"C{n},{'doce' if n % 6 == 0 else n}" for n in range(60)]
    proposal = propose(tmp_path, "\n".join(["customerID,tenure", *rows]))
    assert proposal.mapping.columns["tenure"] == "tenure_months"


def test_amounts_with_currency_and_thousands_are_amounts(tmp_path: Path):
    rows = [f"C{n};$ {40 + n}.900,50;COP 1.{100 + n}.000" for n in range(60)]
    proposal = propose(tmp_path, "\n".join(["id_cliente;cargo_mensual;total", *rows]))
    assert [c.target for c in proposal.choices] == ["customer_id", "monthly_charge", "total_charge"]


def test_the_time_of_leaving_proposes_an_event_and_an_operation_changes(tmp_path: Path):
    event = propose(tmp_path, columns("customer_id,churned_at,churned", "A{n},2024-03-01,1"))
    assert (event.mapping.label, event.mapping.upload) == ("event", "increment")
    changes = propose(tmp_path, columns("customer_id,novedad", "A{n},alta"))
    assert (changes.mapping.label, changes.mapping.upload) == (None, "changes")


def test_values_spelled_otherwise_than_the_contract_get_their_best_candidate(tmp_path: Path):
    rows = ["customer_id,contrato,seguridad_en_linea,Churn"]
    writings = [("Contrato mensual", "yes"), ("Un año", "Sin servicio de internet"), ("Raro", "No")]
    rows += [f"A{n},{writings[n % 3][0]},{writings[n % 3][1]},{n % 2}" for n in range(40)]
    mapping = propose(tmp_path, "\n".join(rows)).mapping
    assert mapping.columns["seguridad_en_linea"] == "online_security"
    assert mapping.values["online_security"] == {"Sin servicio de internet": "no_internet_service"}
    assert mapping.values["contract_type"] == {"Contrato mensual": "month_to_month"}
    assert "churned" not in mapping.values


def test_persons_are_recognised_by_header_or_by_the_form_of_an_address(tmp_path: Path):
    content = columns(
        "documento,Nombre y apellidos,Celular,c4,Domicilio",
        "10{n},Ana María Pérez {n},300555{n}01,ana{n}@example.com,Calle {n} # 20-30",
    )
    proposal = propose(tmp_path, content)
    assert [c.target for c in proposal.choices] == [
        "customer_id", "full_name", "phone", "email", "address",
    ]  # fmt: skip


def test_a_header_of_a_person_over_other_values_stays_unmapped(tmp_path: Path):
    proposal = propose(tmp_path, columns("customer_id,correo,direccion", "A{n},3.5,0"))
    assert [c.target for c in proposal.choices] == ["customer_id", None, None]
    assert proposal.choices[1].say("es").startswith("No hay indicios suficientes: «correo»")


def test_an_incident_file_in_spanish(tmp_path: Path):
    content = columns(
        "Número de radicado,Identificación cliente,Fecha de radicación,Clase de PQR,"
        "Canal de atención,Descripción del caso,Fecha de cierre,Escaló",
        "PQR-{n},10{n},2024-03-01 10:00,Queja,Correo,"
        "El internet se cae todas las noches desde hace {n} días,2024-03-05 12:00,No",
    )
    proposal = propose(tmp_path, content, "incidents")
    assert [c.target for c in proposal.choices] == [
        "incident_id", "customer_id", "opened_at", "kind", "channel", "text", "closed_at",
        "escalated",
    ]  # fmt: skip
    assert proposal.mapping.key == "natural"


def test_a_call_file_in_spanish(tmp_path: Path):
    content = columns(
        "ID llamada,Cédula,Inicio de la llamada,Sentido,Cola,Segundos de espera,Atendida,"
        "Segundos de conversación,Código del agente",
        "L{n},10{n},2024-03-01 10:30:00,entrante,ventas,{n},Sí,1{n},AG-7",
        50,
    )
    proposal = propose(tmp_path, content, "calls")
    assert [c.target for c in proposal.choices] == [
        "call_id", "customer_id", "started_at", "direction", "queue", "wait_seconds", "answered",
        "talk_seconds", "agent_id",
    ]  # fmt: skip
