"""The application under Streamlit's own test driver: sign-in, language, empty tenant, upload."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import drafts
from dashboards.drafts import Terms
from dashboards.viewer import Viewer
from foundation.errors import InvalidMapping, InvalidUpload, NotAllowed
from tenancy.actor import ROLES, Actor
from tenancy.attempts import DEFAULT_LOCK_OUT
from tenancy.audit import entries
from tenancy.sign_in import sign_in
from tenancy.uploads import list_uploads
from tenancy.users import list_users, set_disabled
from tests.unit.dashboards.conftest import PASSWORD, House

APP = Path(__file__).resolve().parents[3] / "dashboards" / "app.py"
STAFF = Actor("staff:test", "staff", None, ROLES)
Open = Callable[[str | None], AppTest]


@pytest.fixture
def opened(house: House, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return the opener of the application; with an e-mail, somebody signs in."""
    monkeypatch.setenv("ABCALL_DATA", str(house.lake.settings.data_dir))

    def of(email: str | None = None) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30).run()
        if email is not None:
            fill(app, email, PASSWORD)
        return app

    return of


def fill(app: AppTest, email: str, password: str) -> None:
    app.text_input[0].set_value(email)
    app.text_input[1].set_value(password)
    next(button for button in app.button if button.label in ("Ingresar", "Sign in")).click()
    app.run()


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.html, *app.error, *app.info, *app.subheader, *app.markdown)
    return "\n".join(str(getattr(one, "value", "") or one.proto) for one in shown)


def test_nothing_is_shown_before_signing_in(opened: Open):
    app = opened(None)
    assert app.title[0].value == "ABCall · Empresario Plus"
    assert "Acme" not in words_of(app)
    assert [box.label for box in app.text_input] == ["Correo electrónico", "Contraseña"]


def test_a_wrong_password_gets_a_sentence_and_then_a_lock_out(opened: Open):
    app = opened(None)
    for _ in range(DEFAULT_LOCK_OUT.failures):
        fill(app, "nadie@acme.example", "equivocada 123456")
        assert app.error[0].value.startswith("El correo o la contraseña no son correctos")
    fill(app, "nadie@acme.example", "equivocada 123456")
    assert app.error[0].value.startswith("Hubo demasiados intentos")


def test_the_session_keeps_the_users_id_and_no_tenant_role_or_password(opened: Open):
    app = opened("viewer@acme.example")
    assert "Acme" in words_of(app)
    own = {"user_id", "checked_at", "session_mark", "language"}
    buttons = {"language_switch", "sign_out"}
    kept = [
        key for key in (*own, *buttons, "tenant_id", "roles", "email") if key in app.session_state
    ]
    assert set(kept) == own | buttons
    assert PASSWORD not in str(app.session_state)


def test_the_other_language_is_one_click_away(opened: Open):
    app = opened("manager@acme.example")
    assert app.title[0].value == "Hoy"
    app.button(key="language_switch").click().run()
    assert app.title[0].value == "Today"
    assert app.query_params["lang"] in ("en", ["en"])
    assert not app.exception


def test_the_overview_tells_figures_with_intervals(opened: Open):
    shown = words_of(opened("manager@acme.example"))
    assert "Hoy hay 6 clientes en riesgo alto o crítico." in shown
    assert "de 10 en 30 días" in shown
    assert "Filas rechazadas" in shown
    assert "en 84 (entre 82 y 86)" in shown


def test_a_new_tenant_is_told_what_to_do_first(opened: Open):
    shown = words_of(opened("manager@vacia.example"))
    assert "Todavía no hay datos de su empresa." in shown
    assert "Lo primero: suba el archivo de sus clientes" in shown


def test_a_user_who_is_disabled_is_out_at_the_next_click(house: House, opened: Open):
    app = opened("viewer@vacia.example")
    user = next(
        user
        for user in list_users(house.lake.store, STAFF, house.empty)
        if user.email.startswith("viewer")
    )
    set_disabled(house.lake.store, STAFF, house.empty, user.id, disabled=True)
    try:
        app.run()
        assert app.info[0].value == "Su sesión terminó. Ingrese de nuevo."
        assert "Vacía" not in words_of(app)
    finally:
        set_disabled(house.lake.store, STAFF, house.empty, user.id, disabled=False)


def test_signing_out_ends_the_session(opened: Open):
    app = opened("manager@acme.example")
    app.button(key="sign_out").click().run()
    assert "Acme" not in words_of(app)
    assert "user_id" not in app.session_state


CONTENT = memoryview(
    b"cliente;edad;rara\n" + b"".join(b"N%03d;%d;x\n" % (n, 30 + n % 40) for n in range(12))
)


def test_a_dropped_file_is_looked_at_without_being_stored(viewer: Callable[..., Viewer]):
    see = viewer()
    before = len(list_uploads(see.lake.store, see.tenant))
    draft = drafts.look(see, "customers", "nuevos.csv", CONTENT)
    assert (draft.rows, draft.headers) == (12, ("cliente", "edad", "rara"))
    assert draft.samples["cliente"] == ("N000", "N001", "N002")
    assert draft.mapping.columns["cliente"] == "customer_id"
    assert len(list_uploads(see.lake.store, see.tenant)) == before


def test_a_file_without_rows_is_refused_before_anybody_maps_it(viewer: Callable[..., Viewer]):
    with pytest.raises(InvalidUpload, match="a header and no rows"):
        drafts.look(viewer(), "customers", "nuevos.csv", memoryview(b"cliente;edad\n"))


def test_a_contradicting_mapping_is_refused_before_anything_is_stored(
    viewer: Callable[..., Viewer],
):
    see = viewer()
    draft = drafts.look(see, "customers", "nuevos.csv", CONTENT)
    before = len(list_uploads(see.lake.store, see.tenant))
    twice = Terms({"cliente": "customer_id", "edad": "customer_id"}, "natural", None, "increment")
    with pytest.raises(InvalidMapping, match="customer_id"):
        drafts.send(see, draft, twice, CONTENT, confirm_ended=False)
    assert len(list_uploads(see.lake.store, see.tenant)) == before


def test_the_temporary_file_is_private_and_goes_even_after_an_error():
    def keep_and_fail() -> None:
        with drafts.on_disk(memoryview(b"a"), "x.csv") as path:
            seen.append(path)
            assert path.parent.stat().st_mode & 0o777 == 0o700
            raise ValueError("stop")

    seen: list[Path] = []
    with pytest.raises(ValueError, match="stop"):
        keep_and_fail()
    assert not seen[0].exists()


def test_a_viewer_may_not_send_a_file(house: House, viewer: Callable[..., Viewer]):
    see = viewer("viewer")
    draft = drafts.look(see, "customers", "nuevos.csv", CONTENT)
    terms = Terms({"cliente": "customer_id"}, "natural", None, "increment")
    with pytest.raises(NotAllowed):
        drafts.send(see, draft, terms, CONTENT, confirm_ended=False)


def test_a_name_is_read_by_role_and_the_reading_is_written_down(house: House):
    store, token = house.lake.store, house.tokens[3]
    manager = sign_in(store, "manager@acme.example", PASSWORD)
    assert house.lake.vault.read(house.acme, manager, [token])[token]["full_name"] == "Ana 3"
    assert entries(store, house.acme, limit=1)[0].action == "vault.read"
