"""Help teaches: every command explains itself, in both languages, with its exit codes."""

import pytest
import typer

from cli.main import build_app
from foundation.texts import LANGUAGES, Language
from tests.unit.cli.conftest import Type

COMMANDS = ["demo", "up", "init", "audit verify", "audit show",
            "audit anchor", "upload", "mapping", "uploads", "rejected", "train",
            "score", "rollback", "card", "suspects check", "suspects keep",
            "suspects leave-out", "prior train", "prior consent", "prior list",
            "tenant new", "tenant list", "user add", "user list", "key issue", "key list",
            "key revoke", "key rotate", "tenant limits", "webhook add", "webhook list",
            "webhook remove", "webhook rotate", "webhook test", "webhook deliveries",
            "webhook resend", "webhook deliver",
            "quarantine list", "quarantine show", "quarantine download",
            "quarantine fix", "quarantine redrive", "quarantine dismiss", "quarantine reopen",
            "quarantine history",
            "vertical list", "vertical show", "vertical new", "vertical check", "person erase",
            "person consent", "person receipts", "person receipt", "hold place", "hold list",
            "hold lift", "staff add", "staff list", "staff disable", "staff enable",
            "staff password",
            "columns list", "columns propose", "columns accept", "columns reject",
            "columns withdraw", "contract show", "contract plan", "contract publish",
            "contract history", "contract changelog", "contract redrive", "contract export",
            "outbox status", "outbox drain", "calls asterisk",
            "media verify", "media read", "media train", "media classes", "media lifecycle",
            "media costs", "search",
            "sql open", "sql renew", "sql close", "lake stats",
            "lake compact", "lake vacuum", "lake history", "lake restore", "lake check",
            "lake rebuild", "replay", "watch", "offers", "replies", "source add",
            "source list", "source show", "source test", "source pull", "source pause",
            "source remove",
            "plugins", "tenant texts", "tenant erase", "retention plan",
            "retention run"]  # fmt: skip


def command_names(language: Language) -> set[str]:
    names: set[str] = set()
    for name, command in typer.main.get_command(build_app(language)).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        names |= {f"{name} {one}" for one in below} if below else {name}
    return names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_known_here(language: Language):
    assert command_names(language) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself_in_both_languages(command: str, abcall: Type):
    spanish, english = (abcall(*command.split(), "--help", language=one) for one in ("es", "en"))
    assert (spanish.code, english.code) == (0, 0)
    first = [said.words.partition("Usage:")[2][:400] for said in (spanish, english)]
    assert first[0] != first[1]


@pytest.mark.parametrize(
    ("language", "step", "codes"),
    [("es", "Primeros pasos", "Códigos de salida"), ("en", "First steps", "Exit codes")],
)
def test_the_first_page_names_the_first_steps_and_the_exit_codes(
    language: str, step: str, codes: str, abcall: Type
):
    said = abcall("--help", language=language).words
    assert step in said
    assert codes in said
    assert all(code in said for code in ("0", "2", "70", "75", "78"))


def test_without_a_command_the_first_page_is_shown(abcall: Type):
    assert "Primeros pasos" in abcall().words


def test_an_unknown_command_is_the_persons_to_mend(abcall: Type):
    ran = abcall("uplod")
    assert ran.code == 2
    assert "uplod" in ran.words


MISTAKES = [
    (["upload"], "Falta TENANT.", "TENANT is missing.", "abcall upload"),
    (
        ["upload", "x", "--labl", "y"],
        "No existe la opción --labl; ¿quiso decir --as, --label?",
        "There is no option --labl; did you mean --as, --label?",
        "abcall upload",
    ),
    (["nada"], "No existe la orden «nada».", "There is no command “nada”.", "abcall"),
    (
        ["demo", "--scale", "x"],
        "El valor de --scale no sirve.",
        "--scale will not do.",
        "abcall demo",
    ),
    (["demo", "más"], "Sobra «más».", "“más” is too much.", "abcall demo"),
    (["demo", "--scale"], "A la opción --scale le falta", "--scale lacks its value", "abcall"),
]


@pytest.mark.parametrize(("typed", "spanish", "english", "command"), MISTAKES)
def test_a_mistake_in_a_command_line_is_told_in_the_readers_language(
    typed: list[str], spanish: str, english: str, command: str, abcall: Type
):
    told = {language: abcall(*typed, language=language) for language in LANGUAGES}
    assert [said.code for said in told.values()] == [2, 2]
    assert spanish in told["es"].words
    assert english in told["en"].words
    assert all(f"{command} --help" in said.words for said in told.values())


def test_the_frame_of_a_help_page_is_in_the_readers_language(abcall: Type):
    said = {language: abcall("upload", "--help", language=language).words for language in LANGUAGES}
    assert all(
        word in said["es"] for word in ("Argumentos", "Opciones", "Muestra esta explicación")
    )
    assert all(word in said["en"] for word in ("Arguments", "Options", "Shows this explanation"))
