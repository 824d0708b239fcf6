"""``abcall staff``: ABCall's own people, made with a password shown once, shut out and let in."""

from tests.unit.cli.conftest import Type


def test_a_member_of_staff_is_made_listed_shut_out_and_let_in(abcall: Type):
    made = abcall("staff", "add", "eva@abcall.co", "--name", "Eva", "--role", "manager")
    assert made.code == 0
    assert "Contraseña" in made.words
    assert "eva@abcall.co Eva manager" in abcall("staff", "list").words
    assert abcall("staff", "disable", "eva@abcall.co").code == 0
    assert "sin acceso" in abcall("staff", "list").words
    assert "shut out" in abcall("staff", "list", language="en").words
    assert abcall("staff", "enable", "eva@abcall.co").code == 0
    assert "sin acceso" not in abcall("staff", "list").words
    assert "Contraseña nueva" in abcall("staff", "password", "eva@abcall.co").words


def test_a_tenants_user_is_no_staff(abcall: Type):
    user = ("ana@andina.co", "--name", "Ana", "--role", "manager")
    assert abcall("user", "add", "andina", *user).code == 0
    assert "ana@andina.co" not in abcall("staff", "list").words
    for email in ("ana@andina.co", "nobody@andina.co"):
        refused = abcall("staff", "disable", email)
        assert refused.code == 2
        assert f"No encontramos al usuario «{email}»" in refused.words
