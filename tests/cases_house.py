"""Cases as they come: one with a call and a photo, one of words alone, an empty one, a damaged one.

The call is of thirty seconds: agent, customer, twelve seconds of silence, and both at once. What
was said and read stands in the tables of extractors by hand.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image, ImageDraw, ImageFont

from foundation.clock import utc_now
from foundation.errors import UserError
from foundation.settings import Settings
from ingestion.extractors.images.columns import COLUMNS as PHOTOS
from ingestion.extractors.registry import EXTRACTORS
from ingestion.extractors.run import ABOUT, extract_new
from ingestion.extractors.transcripts.columns import COLUMNS as TRANSCRIPTS
from ingestion.extractors.transcripts.redaction import wav_of
from ingestion.media.sound import Samples, Sound
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.refs import Layer
from models.live import LiveModels
from models.score_table import SCORE
from operations.conversation.files import case_files
from operations.incidents.feedback import tell_feedback
from operations.incidents.keeping import store_files
from operations.incidents.outcomes import tell_outcome
from operations.incidents.register import register
from operations.incidents.registered import Registered, Registrar
from tenancy.actor import ROLES, Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.users import create_user

PASSWORD = "una frase de prueba 2026"
STAFF = Actor("staff:test", "staff", None, ROLES)
ACME, OTHER = Tenant("acme", "Acme", "telecom"), Tenant("otra", "Otra", "telecom")
CALL, WORDS, EMPTY, DAMAGED = "C-100", "C-200", "C-300", "C-400"
TEXT = "Hablé con María Pérez el martes y el internet sigue caído. Llámeme al 3001234567."
RATE = 8_000
SECRET_SECONDS = (7.0, 9.0)
"""When the customer says who she is."""
SAID = (
    ("agent", 0, 0.5, 4.5, "Buen día, gracias por llamar a Acme. ¿En qué le puedo ayudar?"),
    ("customer", 1, 5.0, 6.8, "El internet se cae todas las noches."),
    ("customer", 1, 7.0, 9.0, "Soy [NOMBRE], cédula [DOCUMENTO]."),
    ("agent", 0, 22.0, 26.5, "Gracias por esperar, ya reviso la señal."),
    ("customer", 1, 22.5, 26.0, "Es la tercera vez que llamo por lo mismo."),
    ("agent", 0, 27.0, 29.5, "Mañana va un técnico; ¿algo más?"),
)
PHRASES = [
    {"text": "¿En qué le puedo ayudar?", "share": 1.0, "is_said": True},
    {"text": "Su llamada será grabada", "share": 0.0, "is_said": False},
]
WRITTEN = (("FACTURA", "8841"), ("Cliente:", "Ana", "Ruiz"), ("Total", "$45.000"))
NAMES = ("Ana", "Ruiz")
LETTERS = 40
"""Height of the letters, and the border."""


@dataclass(frozen=True)
class Cases:
    """An installation with the cases, and a tenant that has none."""

    lake: Lake
    person: str


def voice(seconds: float, pitch: float) -> Samples:
    """Return what behaves like speech: a buzz whose formants and strength change with syllables."""
    time = np.arange(round(seconds * RATE)) / RATE
    swing = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * time)
    buzz = sum(
        np.sin(2 * np.pi * pitch * k * time) * (1 + np.sin(2 * np.pi * (1.5 + 0.3 * k) * time)) / k
        for k in range(2, 18)
    )
    return np.asarray(0.1 * swing * buzz / np.std(buzz), dtype=np.float32)


def call(seconds: float = 30.0, said: Sequence[Sequence[Any]] = SAID) -> bytes:
    """Return a call of two sides as WAV, over faint noise."""
    made = np.random.default_rng(0).normal(0, 0.0003, (2, round(seconds * RATE)))
    for _, side, start, end, _ in said:
        spoken = voice(end - start, 120 + 80 * side)
        made[side, round(start * RATE) :][: len(spoken)] += spoken
    return wav_of(Sound(made.astype(np.float32), RATE))


def photo() -> bytes:
    """Return a photo of a bill as JPEG, with a place in its EXIF as telephones write it."""
    drawn = Image.new("RGB", (560, 300), "#F4F1E8")
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(LETTERS)
    for word, left, top, _, _ in places():
        pen.text((left, top), word, "#222222", font, anchor="lt")
    exif, written = Image.Exif(), io.BytesIO()
    exif[0x010E] = "secret place"
    drawn.save(written, "JPEG", quality=90, exif=exif)
    return written.getvalue()


def places() -> list[tuple[str, int, int, int, int]]:
    """Return the words of the bill: left, top, width and height of each."""
    font, found = ImageFont.load_default(LETTERS), []
    for number, line in enumerate(WRITTEN):
        left, top = LETTERS, LETTERS + 2 * LETTERS * number
        for word in line:
            _, _, width, height = font.getbbox(word, anchor="lt")
            found.append((word, left, top, round(width), round(height)))
            left += round(width) + LETTERS // 2
    return found


def damaged() -> bytes:
    """Return a WAV whose header is right and whose coding nobody knows."""
    whole = bytearray(call(2.0, ()))
    whole[20:22] = b"\x55\x77"
    return bytes(whole)


@contextmanager
def cases_at(settings: Settings) -> Iterator[Cases]:
    """Fill an installation whose stores are there."""
    with Lake.open(settings) as lake:
        lake.keys.create_master()
        for tenant in (ACME, OTHER):
            create_tenant(lake.store, STAFF, tenant)
            for role in ("viewer", "manager"):
                create_user(
                    lake.store, STAFF, tenant, email=f"{role}@{tenant.id}.example", name=role,
                    password=PASSWORD, roles=[role],
                )  # fmt: skip
        registrar = Registrar(lake, LiveModels(lake), ACME, lake.contract_of(ACME), STAFF)
        person = _register_all(registrar)
        store_files(lake, ACME)
        for one in EXTRACTORS:
            if one.name in ("audio", "text"):
                extract_new(lake, ACME, one)
        _write_found(lake)
        _write_gold(lake, person)
        tell_feedback(registrar, CALL, {"reply": None, "solved": False})
        tell_outcome(registrar, WORDS, {"solved": True})
        yield Cases(lake, person)


def _register_all(registrar: Registrar) -> str:
    opened_at = (utc_now() - timedelta(hours=5)).isoformat()
    known = {
        "customer_id": "1010001277",
        "kind": "claim",
        "channel": "phone",
        "opened_at": opened_at,
    }
    files = [_file("llamada.wav", "audio/wav", call()), _file("maria.jpg", "image/jpeg", photo())]
    given = [
        {**known, "incident_id": CALL, "product": "internet", "text": TEXT, "attachments": files},
        {**known, "incident_id": WORDS, "channel": "chat", "text": "No llegó la factura."},
        {"incident_id": EMPTY, "kind": "request", "opened_at": opened_at},
        {"incident_id": DAMAGED, "kind": "claim", "opened_at": opened_at,
         "attachments": [_file("rota.wav", "audio/wav", damaged()),
                         _file("nota.txt", "text/plain", b"Otra vez sin servicio.")]},
    ]  # fmt: skip
    told = register(registrar, given, ["incident"] * len(given), None)
    assert not [one for one in told if isinstance(one, UserError)], told
    first = told[0]
    assert isinstance(first, Registered) and first.incident.person_token
    return first.incident.person_token


def _file(name: str, media_type: str, content: bytes) -> dict[str, str]:
    written = base64.b64encode(content).decode()
    return {"name": name, "media_type": media_type, "content": written}


def _write_found(lake: Lake) -> None:
    """Write what was said in the call and read in the photo, as extractors do."""
    sound, seen = (lake.objects.name(ACME, one.sha256) for one in case_files(lake, ACME, CALL))
    about = {"extractor_version": 1, "problem": None}
    turns = [
        {"speaker": who, "channel": side, "start_seconds": start, "end_seconds": end, "text": text}
        for who, side, start, end, text in SAID
    ]
    start, end = SECRET_SECONDS
    spans = [{"start_seconds": start, "end_seconds": end, "channel": 1}]
    words = [
        {
            "text": "[…]" if word in NAMES else word,
            "left": left, "top": top, "width": width, "height": height, "page": 0,
        }
        for word, left, top, width, height in places()
    ]  # fmt: skip
    _write(lake, "silver", "extract_transcript", [
        {**about, "object_id": sound, "turns": turns, "spans": spans, "source": "vosk",
         "language": "es", "state": "made", "untimed": 0, "phrases": PHRASES,
         "phrases_share": 0.5, "sentiment": [-0.5, -0.4, None, -0.4]},
    ], pa.schema([*ABOUT, *TRANSCRIPTS]))  # fmt: skip
    _write(lake, "silver", "extract_image", [
        {**about, "object_id": seen, "width": 560, "height": 300, "words": words,
         "faults": ["blurred"], "text": "FACTURA 8841\nCliente: […] […]\nTotal $45.000",
         "is_receipt": True, "company": "Tienda [NOMBRE]", "issued_on": date(2026, 3, 15),
         "total": Decimal(45000), "currency": "", "label": "factura", "label_probability": 0.91,
         "identifications": [{"kind": "NIT", "ending": "568", "valid": True}]},
    ], pa.schema([*ABOUT, *PHOTOS]))  # fmt: skip


def _write_gold(lake: Lake, person: str) -> None:
    now, near = utc_now(), timedelta(hours=4)
    mine = {"person_token": person, "incident_id": CALL}
    reasons = [
        {"feature": "calls", "value": "3", "contribution": 1.1,
         "text_es": "llamó 3 veces en un mes", "text_en": "called 3 times in a month"},
        {"feature": "charge", "value": "45", "contribution": -0.4,
         "text_es": "paga poco al mes", "text_en": "pays little a month"},
    ]  # fmt: skip
    score = {
        **mine, "score_id": "s1", "run_id": "r1", "model": "incident_risk", "entity": "incident",
        "as_of_at": now - near, "scored_at": now - timedelta(hours=1), "task": "binary",
        "probability": 0.72, "risk_class": "high", "reasons": reasons, "model_version": "4",
        "contract_version": "1.0.0",
    }  # fmt: skip
    _write(lake, "gold", "score", [score], SCORE)
    _write(lake, "gold", "call", [
        {"person_token": person, "started_at": now - near, "direction": "inbound",
         "queue": "soporte", "handle_seconds": 30.0, "abandoned": False},
    ])  # fmt: skip
    _write(lake, "gold", "response", [
        _reply("RE-1", now - timedelta(hours=3), used=True, text="Un técnico va mañana a las 9."),
        _reply("RE-2", now - timedelta(hours=3), used=False, text="Reinicie el módem."),
    ])  # fmt: skip


def _reply(number: str, at: datetime, *, used: bool, text: str) -> dict[str, Any]:
    return {
        "response_id": number, "incident_id": CALL, "replied_at": at, "kind": "reply",
        "title": "", "text": text, "used": used, "solved": None,
    }  # fmt: skip


def _write(
    lake: Lake, layer: Layer, name: str, rows: list[dict[str, Any]], schema: pa.Schema | None = None
) -> None:
    table = pa.Table.from_pylist(rows, schema) if schema else _typed(rows)
    lake.writer.append(lake.ref(ACME, layer, name), table, Commit(f"test:{name}"))


def _typed(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as a table; what nobody knows is text."""
    table = pa.Table.from_pylist(list(rows))
    for place, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.string()))
    return table
