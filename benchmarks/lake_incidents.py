"""A file of incidents as a client's system writes them: any number of rows, the same by seed.

About 150 bytes a row: an id, the customer, times with and without an end, kind, channel, product,
priority, a free text (of which some hold a phone, a cédula, an e-mail or a name) and a rating.
Every ``REPEATED`` rows one comes again with a later state, so that there is something to supersede.
"""

from pathlib import Path

import numpy as np
import polars as pl

MAPPING = {
    "radicado": "incident_id",
    "cliente": "customer_id",
    "fecha_apertura": "opened_at",
    "fecha_cierre": "closed_at",
    "tipo": "kind",
    "canal": "channel",
    "producto": "product",
    "prioridad": "priority",
    "descripcion": "text",
    "satisfaccion": "satisfaction",
}
REPEATED = 50
BLOCK = 250_000
KINDS = ("Petición", "Queja", "Reclamo")
CHANNELS = ("Teléfono", "Correo", "Chat", "App", "Web", "Sucursal")
PRODUCTS = ("Fibra 300", "Fibra 600", "Móvil 20 GB", "Móvil 40 GB", "Televisión", "Fijo")
PRIORITIES = ("baja", "media", "alta", "urgente")
TEXTS = (
    "La factura de este mes llegó más alta de lo acordado",
    "Sin internet desde ayer, ya reinicié el módem dos veces",
    "Soy María Pérez, mi celular es 300 555 0101, llámenme",
    "El técnico no vino a la cita de las 10:30 del martes",
    "Quiero retirar el decodificador y pasar al plan básico",
    "Cédula 1.023.456.789, pagué $ 85.900 y sigue suspendido",
    "Escriban a cliente@example.com cuando esté listo",
    "La velocidad medida es de 40 megas y pago por 300",
)
FIRST_DAY = np.datetime64("2024-01-01T00:00:00", "ms")
YEAR_SECONDS = 365 * 24 * 3600


def write_incidents(path: Path, rows: int, seed: int = 0) -> Path:
    """Write ``rows`` incidents as CSV (UTF-8, comma) and return the path.

    Block by block, each with a generator of its own: memory does not grow with the rows.
    """
    with path.open("wb") as stream:
        for block, first in enumerate(range(0, rows, BLOCK)):
            made = _block(first, min(BLOCK, rows - first), np.random.default_rng((seed, block)))
            made.write_csv(stream, include_header=first == 0)
    return path


def distinct_incidents(rows: int) -> int:
    """Return how many incidents ``rows`` rows speak of."""
    return rows - rows // REPEATED


def _block(first: int, count: int, rng: np.random.Generator) -> pl.DataFrame:
    numbers = np.arange(first, first + count)
    # The last of every REPEATED rows speaks of the incident before it once more.
    ids = np.where(numbers % REPEATED == REPEATED - 1, numbers - 1, numbers)
    opened = FIRST_DAY + rng.integers(0, YEAR_SECONDS, count).astype("timedelta64[s]")
    closed = opened + rng.integers(600, 30 * 24 * 3600, count).astype("timedelta64[s]")
    is_open = rng.random(count) < 0.1
    rating = rng.integers(1, 6, count)
    return pl.DataFrame(
        {
            "radicado": pl.Series(ids).cast(pl.String).str.zfill(9),
            "cliente": pl.Series(rng.integers(10_000_000, 1_200_000_000, count)).cast(pl.String),
            "fecha_apertura": pl.Series(opened).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "fecha_cierre": pl.Series(closed).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "tipo": _drawn(KINDS, rng, count),
            "canal": _drawn(CHANNELS, rng, count),
            "producto": _drawn(PRODUCTS, rng, count),
            "prioridad": _drawn(PRIORITIES, rng, count),
            "descripcion": _drawn(TEXTS, rng, count),
            "contrato": pl.Series(rng.integers(1, 10**5, count)).cast(pl.String),
            "satisfaccion": pl.Series(rating),
            "abierto": pl.Series(is_open),
        }
    ).select(
        pl.concat_str(pl.lit("PQR-"), "radicado").alias("radicado"),
        "cliente",
        "fecha_apertura",
        pl.when(~pl.col("abierto")).then("fecha_cierre").alias("fecha_cierre"),
        "tipo",
        "canal",
        "producto",
        "prioridad",
        pl.concat_str("descripcion", pl.lit(". Contrato "), "contrato").alias("descripcion"),
        pl.when(~pl.col("abierto")).then("satisfaccion").alias("satisfaccion"),
    )


def _drawn(words: tuple[str, ...], rng: np.random.Generator, count: int) -> pl.Series:
    return pl.Series(np.array(words, dtype=object)[rng.integers(0, len(words), count)]).cast(
        pl.String
    )
