"""The dated telecom company's customers: a row for each version, and a closing one at the end.

A closing row takes effect when the customer left; it carries ``churned`` and ``churned_at``.
Earlier versions say no, as was known then.
"""

import numpy as np

from simulation.grid import Bools, Ints
from simulation.incidents import NEVER
from simulation.sheets import Habits, Sheet, make_sheet
from simulation.telecom import Company, Panel

CONTRACT_WORDS = ("Mensual", "Un año", "Dos años")
INTERNET_WORDS = ("Sin internet", "DSL", "Fibra óptica")
PAYMENT_WORDS = ("Cheque electrónico", "Efectivo", "Transferencia bancaria", "Tarjeta de crédito")


def customer_sheet(company: Company, habits: Habits) -> Sheet:
    """Return every version of every customer, in order of time."""
    who, month, at, left = _versions(company)
    panel, people = company.panel, company.people
    online = panel.internet[who, month] > 0
    ids = _of(people.national_id, who)
    totals = habits.amounts(panel.total[who, month])
    values: dict[str, tuple[str | None, list[str]]] = {
        "cedula": ("customer_id", ids),
        "nombre_completo": ("full_name", _of(people.full_name, who)),
        "celular": ("phone", _of(people.phone, who)),
        "correo": ("email", _of(people.email, who)),
        "direccion": ("address", _of(people.address, who)),
        "vigente_desde": ("effective_at", habits.times(at)),
        "genero": ("gender", _of(people.gender, who)),
        "edad": ("age", [str(a) for a in people.age[who].tolist()]),
        "ciudad": ("city", _of(people.city, who)),
        "segmento": ("segment", ["Hogar" if i % 9 else "Pyme" for i in who.tolist()]),
        "cliente_desde": ("signup_at", habits.times(panel.joined[who])),
        "antiguedad_meses": ("tenure_months", [str(t) for t in panel.tenure[who, month].tolist()]),
        "tipo_contrato": ("contract_type", _words(CONTRACT_WORDS, panel.contract[who, month])),
        "cargo_mensual": ("monthly_charge", habits.amounts(panel.charge[who, month])),
        "total_facturado": ("total_charge", _unless(totals, panel.tenure[who, month] == 0)),
        "medio_pago": ("payment_method", _words(PAYMENT_WORDS, panel.payment[who])),
        "servicio_internet": (
            "internet_service",
            _words(INTERNET_WORDS, panel.internet[who, month]),
        ),
        **_services(panel, habits, who, month, online),
        "retirado": ("churned", habits.flags(left)),
        "fecha_retiro": ("churned_at", habits.times(np.where(left, company.churn.at[who], NEVER))),
        "ejecutivo_cuenta": (None, [f"Ejecutivo {i % 17 + 1}" for i in who.tolist()]),
    }
    return make_sheet(values, ids, at.tolist())


def _services(
    panel: Panel, habits: Habits, who: Ints, month: Ints, online: Bools
) -> dict[str, tuple[str | None, list[str]]]:
    def added(values: Bools) -> list[str]:
        pairs = zip(habits.flags(values), online.tolist(), strict=True)
        return [word if has else "Sin internet" for word, has in pairs]

    return {
        "varias_lineas": ("multiple_lines", habits.flags(panel.multiple_lines[who])),
        "seguridad_en_linea": ("online_security", added(panel.security[who, month])),
        "soporte_tecnico": ("tech_support", added(panel.support[who, month])),
        "television_internet": ("streaming_tv", added(panel.streaming[who, month])),
        "factura_electronica": ("paperless_billing", habits.flags(panel.paperless[who])),
        "adulto_mayor": ("senior_citizen", habits.flags(panel.senior[who])),
        "pareja": ("partner", habits.flags(panel.partner[who])),
        "dependientes": ("dependents", habits.flags(panel.dependents[who])),
    }


def _versions(company: Company) -> tuple[Ints, Ints, Ints, Bools]:
    """Return customer, month, effective time and whether it closes, of every version."""
    effective, left_at = company.panel.effective_at, company.churn.at
    exists = (effective >= 0) & (effective < left_at[:, None])
    who, month = np.nonzero(exists)
    gone = np.flatnonzero(left_at < NEVER)
    last = exists.shape[1] - 1 - np.argmax(exists[gone, ::-1], axis=1)
    at = np.concatenate([effective[who, month], left_at[gone]])
    closes = np.concatenate([np.zeros(len(who), dtype=bool), np.ones(len(gone), dtype=bool)])
    who, month = np.concatenate([who, gone]), np.concatenate([month, last])
    order = np.lexsort((who, at))
    return who[order], month[order], at[order], closes[order]


def _of(values: list[str], who: Ints) -> list[str]:
    return [values[i] for i in who.tolist()]


def _words(words: tuple[str, ...], which: Ints) -> list[str]:
    return [words[i] for i in which.tolist()]


def _unless(values: list[str], blank: Bools) -> list[str]:
    return ["" if b else v for v, b in zip(values, blank.tolist(), strict=True)]
