"""Contracts in the hands of datacontract-cli, which knows nothing of the platform.

Run as a program: a JSON list of tasks on standard input; prints what it found as JSON.
"""

import json
import sys

from datacontract.data_contract import DataContract

ONE_TABLE = ("jsonschema", "avro")


def main() -> None:
    """Lint and export each file, and check the data of those that name a server to check."""
    found = {}
    for task in json.load(sys.stdin):
        file = task["file"]
        told = {"lint": outcome(DataContract(data_contract_file=file).lint())}
        told["exports"] = {kind: exported(task, kind) for kind in task["exports"]}
        if "server" in task:
            tested = DataContract(data_contract_file=file, server=task["server"]).test()
            told["test"] = outcome(tested)
        found[file] = told
    print(json.dumps(found))


def exported(task: dict[str, str], kind: str) -> str:
    """Return a contract in another form; some forms take one table at a time."""
    contract = DataContract(data_contract_file=task["file"], server=task.get("server"))
    table = "customers" if kind in ONE_TABLE else "all"
    return str(contract.export(kind, schema_name=table, sql_server_type="postgres"))


def outcome(run: object) -> dict[str, object]:
    """Return what a run found: how many checks passed, which failed, which it cannot make."""
    found: dict[str, list[str]] = {"passed": [], "unchecked": [], "wrong": []}
    for check in run.checks:
        told = f"{check.model}.{check.field} {check.name}: {check.reason}"
        place = {"passed": "passed", "warning": "unchecked"}.get(check.result, "wrong")
        found[place].append(told)
    return {**found, "passed": len(found["passed"])}


if __name__ == "__main__":
    main()
