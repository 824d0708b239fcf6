"""An installation, its tenants, its audit log; and how each kind of failure ends."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import AbcallError, Busy
from foundation.settings import Settings
from tests.unit.cli.conftest import Type, typing


def audit_rows(settings: Settings) -> list[tuple[str, str, str | None, str]]:
    with sqlite3.connect(settings.data_dir / "operations.db") as store:
        return list(store.execute("select actor_id, action, tenant_id, subject from audit_entries"))


def test_init_a_second_time_changes_nothing(abcall_alone: Type, tmp_path: Path):
    assert "Instalación lista" in abcall_alone("init").words
    key = (tmp_path / "own-keys" / "master.key").read_bytes()
    again = abcall_alone("init")
    assert again.code == 0
    assert "no se cambió nada" in again.words
    assert (tmp_path / "own-keys" / "master.key").read_bytes() == key


def test_a_new_tenant_is_listed(abcall: Type):
    made = abcall("tenant", "new", "orinoco", "--name", "Orinoco TV", "--vertical", "telecom")
    assert made.code == 0
    assert "abcall upload orinoco customers" in made.words
    assert "orinoco Orinoco TV telecom starter es COP" in abcall("tenant", "list").words


def test_a_companys_texts_for_agents_are_shown_changed_and_given_back(abcall: Type):
    usual = "Buen día, {customer}. Le habla {agent}"
    assert usual in abcall("tenant", "texts", "andina").words
    own = "Hola, {customer}: {company}"
    assert own in abcall("tenant", "texts", "andina", "--greeting", own).words
    english = abcall("tenant", "texts", "andina", "--closing", "Bye, {agent}", "--speaks", "en")
    assert "Bye, {agent}" in english.words
    assert own in english.words
    assert usual in abcall("tenant", "texts", "andina", "--greeting", "").words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["tenant", "texts", "andina", "--greeting", "Hola {cédula}"], "{customer}, {agent}"),
        (["tenant", "texts", "andina", "--greeting", "a" * 1001], "1000"),
        (
            ["tenant", "new", "x1", "--name", "X", "--vertical", "minería"],
            "banking, fitness, public_services, retail, telecom",
        ),
        (["tenant", "new", "andina", "--name", "A", "--vertical", "telecom"], "andina"),
        (["tenant", "new", "Con Espacio", "--name", "A", "--vertical", "telecom"], "Con Espacio"),
        (
            ["tenant", "new", "x2", "--name", "X", "--vertical", "telecom", "--speaks", "fr"],
            "es o en",
        ),
        (["uploads", "nadie"], "nadie"),
        (["train", "andina", "--seeds", "4-0"], "4-0"),
        (["train", "andina", "fuga"], "churn"),
    ],
)
def test_what_the_person_can_mend_ends_with_2_and_says_how(
    arguments: list[str], sentence: str, abcall: Type
):
    ran = abcall(*arguments)
    assert ran.code == 2
    assert sentence in ran.words


def test_a_missing_master_key_is_the_installations_fault(
    settings: Settings, customers: Path, capsys: pytest.CaptureFixture[str]
):
    elsewhere = replace(settings, master_key_file=settings.data_dir.with_name("nowhere") / "key")
    ran = typing(elsewhere, capsys)("upload", "andina", "customers", customers, "--receive-only")
    assert ran.code == 78
    assert not elsewhere.master_key_file.exists()


def test_a_bug_is_logged_under_a_reference_and_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    settings = replace(Settings.at(tmp_path / "data"), store_url="sqlite:////proc/none/store.db")
    ran = typing(settings, capsys)("init")
    log = (settings.data_dir / "errors.log").read_text()
    reference = log.split()[1]
    assert ran.code == 70
    assert reference in ran.words
    assert "builtins.FileNotFoundError" in log
    assert "tenancy/bootstrap.py" in log, "the log does not say where"
    assert "/proc/none" not in log.replace(str(tmp_path), ""), "a message is in the log"


def test_the_exit_codes_of_the_error_tree_are_the_ones_that_help_names(abcall: Type):
    def leaves(kind: type[AbcallError]) -> list[type[AbcallError]]:
        return [kind, *(leaf for below in kind.__subclasses__() for leaf in leaves(below))]

    codes = {kind.exit_code for kind in leaves(AbcallError)}
    assert codes == {2, 70, 75, 78}
    assert Busy.exit_code == 75
    assert all(f"{code} " in abcall("--help").words for code in codes)


def test_an_intact_audit_log_ends_with_0_and_an_altered_one_with_1(
    abcall_alone: Type, tmp_path: Path
):
    abcall_alone("init")
    abcall_alone("tenant", "new", "andina", "--name", "A", "--vertical", "telecom")
    intact = abcall_alone("audit", "verify")
    assert intact.code == 0
    assert "íntegro" in intact.words
    with sqlite3.connect(tmp_path / "own" / "operations.db") as store:
        triggers = store.execute("select name from sqlite_master where type = 'trigger'")
        for (name,) in triggers.fetchall():
            store.execute(f'drop trigger "{name}"')
        table = "audit_entries"
        store.execute(f"update {table} set subject = 'otra' where action = 'tenant.created'")
    altered = abcall_alone("audit", "verify")
    assert altered.code == 1
    assert "alterado" in altered.words


def test_the_audit_log_names_the_member_of_staff(settings: Settings, abcall: Type):
    abcall("uploads", "andina")
    entered = [row for row in audit_rows(settings) if row[1] == "staff.entered"]
    assert entered
    assert all(actor.startswith("staff:") and actor != "staff:" for actor, *_ in entered)
    assert any(row[1:] == ("tenant.entered", "andina", "andina") for row in audit_rows(settings))


def test_people_and_keys_are_made_shown_once_and_ended(abcall: Type):
    made = abcall(
        "user", "add", "andina", "ana@andina.example", "--name", "Ana", "--role", "viewer"
    )
    assert made.code == 0
    assert "ana@andina.example Ana viewer" in abcall("user", "list", "andina").words
    issued = abcall("key", "issue", "andina", "--scope", "score", "--name", "tablero")
    assert issued.code == 0
    listed = abcall("key", "list", "andina")
    secret = issued.out.split()[-1]
    assert secret not in listed.words
    key_id = next(line for line in listed.out.splitlines() if "tablero" in line).split()[1]
    assert abcall("key", "revoke", "andina", key_id).code == 0
    assert "anulada" in abcall("key", "list", "andina").words


def test_verticals_are_listed_shown_and_checked(abcall: Type, tmp_path: Path):
    assert all(name in abcall("vertical", "list").words for name in ("telecom", "banking"))
    shown = abcall("vertical", "show", "telecom", "customers").words
    assert "monthly_charge money" in shown
    broken = tmp_path / "broken.odcs.yaml"
    broken.write_text(json.dumps({"kind": "DataContract"}))
    assert abcall("vertical", "check", broken).code == 2


@pytest.mark.parametrize("command", ["uploads andina", "tenant list", "audit verify", "up"])
def test_where_nothing_was_installed_the_first_step_is_named(command: str, abcall_alone: Type):
    ran = abcall_alone(*command.split())
    assert ran.code == 2
    assert "abcall init" in ran.words
