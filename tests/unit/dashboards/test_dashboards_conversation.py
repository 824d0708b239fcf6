"""The page of a case: what its player, figures and timeline say, and what it shows to whom."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import photo_facts
from dashboards.conversation import Case, case_of
from dashboards.conversation_figures import (
    case_figures,
    first_sentence,
    problem_sentence,
    reason_sentence,
)
from dashboards.conversation_spoken import phrases_missing, spoken_sentences
from dashboards.player.told import recording_of, speaker_name
from dashboards.timeline import timeline
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.loader import load_contracts
from foundation.clock import utc_now
from foundation.errors import NotFound
from foundation.settings import Settings
from foundation.texts import Language
from operations.conversation.files import CaseFile, case_files
from operations.conversation.opening import unheard
from operations.photos.before import Before
from tenancy.consents import Consent, save_consent
from tenancy.sign_in import sign_in
from tenancy.tenant import Tenant
from tests.cases_house import (
    ACME,
    CALL,
    DAMAGED,
    EMPTY,
    OTHER,
    PASSWORD,
    STAFF,
    WORDS,
    Cases,
    cases_at,
)

ES, EN = (Words(language, room="conversation") for language in ("es", "en"))
TELECOM = load_contracts()["telecom"]


@pytest.fixture(scope="module")
def cases(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[Cases]:
    with cases_at(blank_installation(tmp_path_factory.mktemp("cases") / "data")) as made:
        yield made


def viewer(
    cases: Cases, tenant: Tenant = ACME, role: str = "viewer", language: Language = "es"
) -> Viewer:
    actor = sign_in(cases.lake.store, f"{role}@{tenant.id}.example", PASSWORD)
    words = Words(language, tenant.currency, tenant.time_zone)
    return Viewer(cases.lake, actor, tenant, TELECOM, words)


@pytest.fixture(scope="module")
def case(cases: Cases) -> Case:
    return case_of(viewer(cases), CALL)


def test_the_player_is_told_turns_faults_and_words_and_no_name(case: Case):
    told = recording_of(case.files[0], 1, ES, ES.say("not_heard"))
    assert told["seconds"] == 30
    assert [lane["name"].split(" · ")[0] for lane in told["lanes"]] == ["Agente", "Cliente"]
    assert all(len(lane["peaks"]) <= 1000 and lane["voice"] for lane in told["lanes"])
    assert {"Silencio largo", "Hablan al mismo tiempo"} <= {one["name"] for one in told["faults"]}
    assert told["turns"][2]["text"] == "Soy [NOMBRE], cédula [DOCUMENTO]."
    assert "solo lo oye" in told["note"]
    assert "fallas" in told["seen"] and "espera" not in told["seen"], "nobody was on hold"
    assert recording_of(case.files[0], 1, EN)["lanes"][0]["name"].startswith("Agent ·")


def test_a_recording_that_nobody_has_read_is_told_all_the_same():
    told = recording_of(CaseFile("C", 0, "audio/wav", 9, "ab"), 2, EN)
    assert (told["seconds"], told["lanes"], told["turns"], told["faults"]) == (0.0, [], [], [])
    assert told["name"] == "Recording 2"


def test_a_recording_that_does_not_play_is_not_offered_to_be_heard(cases: Cases):
    whole, broken = (case_files(cases.lake, ACME, one)[0] for one in (CALL, DAMAGED))
    assert unheard(cases.lake, ACME, whole) is None
    assert unheard(cases.lake, ACME, broken) == "conversation.not_played"
    named = replace(broken, sound=None, transcript={"untimed": 1})
    assert unheard(cases.lake, ACME, named) == "transcripts.not_redacted"
    away = replace(broken, sound=None, sha256="0" * 64)
    assert unheard(cases.lake, ACME, away) == "conversation.file_away"
    assert recording_of(broken, 1, ES, ES.say("not_played"))["may"] is False
    assert recording_of(broken, 1, ES)["may"] is True


def test_what_was_said_of_the_companys_texts_and_how_it_felt_is_told(case: Case):
    assert spoken_sentences(case.files[0].transcript, ES) == [
        "Tono del cliente, por cuartos de la llamada: queja · queja · sin palabras · queja.",
        "Frases que se deben decir: se dijeron 1 de 2.",
    ]
    assert phrases_missing(case.files[0].transcript, ES) == [
        "Faltó decir: «Su llamada será grabada»."
    ]
    transcript = {
        "problem": None, "turns": [{"speaker": "Cliente"}],
        "greeting_share": 0.75, "closing_share": None,
        "phrases": [{"text": "Su llamada será grabada", "share": 0.2, "is_said": False},
                    {"text": "¿Algo más?", "share": 1.0, "is_said": True}],
        "sentiment": [-0.6, None, 0.0, 0.5],
    }  # fmt: skip
    assert spoken_sentences(transcript, ES) == [
        "Del saludo de la empresa se dijo el 75 %.",
        "Tono del cliente, por cuartos de la llamada: queja · sin palabras · neutro · elogio.",
        "Frases que se deben decir: se dijeron 1 de 2.",
    ]
    assert phrases_missing(transcript, EN) == ["Not said: “Su llamada será grabada”."]
    unnamed = transcript | {"turns": [{"speaker": None}]}
    assert spoken_sentences(unnamed, EN)[-2].startswith("Tone of what was said")
    assert spoken_sentences(None, ES) == spoken_sentences({"problem": "x"}, ES) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [("agent", "Agente"), ("Customer", "Cliente"), ("[NOMBRE]", "[NOMBRE]"), (None, None)],
)
def test_speakers_are_said_in_the_readers_words_or_as_they_are_kept(
    source: str | None, said: str | None
):
    assert speaker_name(source, ES) == said


def test_reasons_of_quality_are_sentences(case: Case):
    count = {"kind": "long_silence", "amount": 2.0, "points": 16.0}
    assert reason_sentence(count, ES) == "−16 puntos: 2 silencios largos."
    level = {"kind": "noise", "amount": 3.5, "points": 5.3}
    assert (
        reason_sentence(level, EN)
        == "−5.3 points: speech should stand 3.5 dB higher above the noise."
    )
    kinds = ("one_way", "dropout", "clipping", "talking_over", "too_quiet", "too_loud", "uneven")
    for kind in kinds:
        assert reason_sentence({**count, "kind": kind}, EN).startswith("−16 points: ")


def test_a_problem_whose_sentence_needs_more_than_its_key_is_said_in_general_words():
    assert problem_sentence("sound.empty", EN).startswith("The recording holds no sound")
    assert problem_sentence("sandbox.refused", ES) == problem_sentence("no.such", ES)


def test_a_receipt_is_told_beside_its_photo_as_it_is_kept(case: Case):
    told = dict(photo_facts.receipt(case.files[1].picture, ES))
    assert told == {
        "Empresa": "Tienda [NOMBRE]",
        "Fecha": "15 mar 2026",
        "Total": "45.000 (el recibo no dice en qué moneda)",
        "Identificación": "NIT terminado en 568; su dígito de verificación concuerda",
    }
    signed = {"is_receipt": True, "total": Decimal("12.5"), "currency": "USD"}
    assert photo_facts.receipt(signed, EN) == [("Total", "USD 12.50")]
    assert photo_facts.receipt({"is_receipt": False}, EN) == photo_facts.receipt(None, EN) == []


def test_a_photo_says_its_kind_and_with_which_case_it_came_before(case: Case):
    photo = case.files[1]
    assert photo_facts.kind(photo.picture, ES) == (
        "El clasificador de su empresa ve «factura» (91 % de probabilidad)."
    )
    unsure = {"label": None, "label_probability": 0.4}
    assert photo_facts.kind(unsure, EN) == (
        "Your company's classifier is not sure what the photo shows."
    )
    assert photo_facts.kind({}, EN) is photo_facts.kind(None, EN) is None
    then = datetime(2026, 11, 23, 15, tzinfo=UTC)
    came = replace(photo, before=(Before("C-1", then, True), Before("C-2", then, False)))
    assert photo_facts.seen_before(came, ES) == [
        "Esta foto ya llegó con el caso C-1 el 23 nov 2026.",
        "Una foto casi igual ya llegó con el caso C-2 el 23 nov 2026.",
    ]
    assert photo_facts.seen_before(photo, ES) == []


def test_the_page_opens_with_state_risk_and_quality(case: Case):
    assert first_sentence(case, TELECOM, ES).startswith("Este caso está abierto desde hace 5 h")
    assert "se escalan unos 7 de cada 10" in first_sentence(case, TELECOM, ES)
    state, risk, quality = case_figures(case, TELECOM, ES)
    assert (state.value, risk.value) == ("Abierto", "▲ Alto")
    assert quality.value.endswith(" de 100")


def test_the_timeline_tells_the_whole_case_in_order(case: Case):
    told = timeline(case, TELECOM, ES)
    assert [one.at for one in told] == sorted(one.at for one in told)
    titles = [one.title for one in told]
    expected = {
        "Se abrió el caso", "Llamada de 30 s", "Se respondió al cliente", "Llegó a ABCall",
        f"Otro caso del mismo cliente: {WORDS}", "Se calculó el riesgo",
        "Se dijo qué se hizo con la respuesta",
    }  # fmt: skip
    assert expected <= set(titles)
    assert "Reinicie el módem." not in [one.detail for one in told], "nobody used it"


def test_a_closed_case_says_so(cases: Cases):
    case = case_of(viewer(cases), WORDS)
    assert first_sentence(case, TELECOM, EN).startswith("This case was closed after 5 h")
    last = timeline(case, TELECOM, EN)[-1]
    assert (last.title, last.detail.split(".")[0]) == ("The case was closed", "It was solved")


def test_another_tenants_case_is_none(cases: Cases):
    with pytest.raises(NotFound, match="no such case"):
        case_of(viewer(cases, OTHER, "manager"), CALL)


def test_of_who_objects_nothing_is_foretold(cases: Cases):
    mark = cases.lake.keys.of(ACME).mark("person", cases.person)
    save_consent(cases.lake.store, STAFF, ACME, mark, Consent(profiling=False))
    try:
        case = case_of(viewer(cases), CALL)
        assert case.objects and case.risk is case.answer is None and not case.told
        assert case_figures(case, TELECOM, EN)[1].value == "—"
    finally:
        save_consent(cases.lake.store, STAFF, ACME, mark, Consent(profiling=True))


def test_the_time_around_a_case_ends_a_day_after_it(case: Case):
    assert case.row["opened_at"] < utc_now() - timedelta(hours=4)
    assert [row["incident_id"] for row in case.around.others] == [WORDS]
    assert len(case.around.calls) == 1


def page() -> None:
    import streamlit as st

    from dashboards.views import conversation

    conversation.show(st.session_state["see"])


def opened(see: Viewer, incident: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["see"] = see
    app.query_params["incident"] = incident
    return app.run()


@pytest.mark.parametrize(("tenant", "incident"), [(OTHER, CALL), (ACME, "C-999"), (ACME, "\0")])
def test_the_address_opens_no_case_of_another_tenant(cases: Cases, tenant: Tenant, incident: str):
    app = opened(viewer(cases, tenant, "manager"), incident)
    assert [title.value for title in app.title] == ["Caso"]
    assert "no such case" in app.exception[0].message


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        (EMPTY, ("Este caso no trae texto.", "Este caso llegó sin grabaciones ni fotos.")),
        (
            DAMAGED,
            (
                "No se pudo analizar este archivo",
                "Todavía no se ha buscado su transcripción",
                "Otra vez sin servicio.",
            ),
        ),
    ],
)
def test_what_came_and_what_could_not_be_read_is_told_in_words(
    cases: Cases, incident: str, expected: tuple[str, ...]
):
    app = opened(viewer(cases, role="manager"), incident)
    assert not app.exception and not app.error
    shown = " ".join(str(one.value) for one in (*app.html, *app.warning))
    assert [one for one in expected if one not in shown] == []


def files_page() -> None:
    import streamlit as st

    from dashboards.views import conversation_files

    conversation_files.show(st.session_state["see"], st.session_state["case"])


def test_beside_a_photo_stand_its_kind_its_receipt_and_a_way_to_the_earlier_case(
    cases: Cases, case: Case
):
    before = (Before("C-1", datetime(2026, 11, 23, 15, tzinfo=UTC), True),)
    app = AppTest.from_function(files_page, default_timeout=30)
    app.session_state["see"] = viewer(cases)
    app.session_state["case"] = replace(case, files=(replace(case.files[1], before=before),))
    app.run()
    assert not app.exception
    shown = " ".join(str(one.value) for one in app.html)
    told = ("«factura»", "ya llegó con el caso C-1", "Tienda [NOMBRE]", "terminado en 568")
    assert [one for one in told if one not in shown] == []
    assert [one.label for one in app.button] == ["Ver el caso C-1"]
