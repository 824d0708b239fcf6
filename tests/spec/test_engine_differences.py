"""Where Sail silently differs from Spark: nothing of ours may lean on it.

Each row names what must not stand in our code, and what to do instead. The code is read as
syntax, so words in comments and docstrings do not count; each rule is shown a line it catches.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"tests", "benchmarks", "notebooks", "docs"}
WRITERS = {"lakehouse/delta_embedded.py", "lakehouse/delta_spark.py"}
"""The writer's two ways of writing; ``lakehouse/tables.py`` gives them to it."""

ONLY_THE_WRITER = "only the writer writes tables"
FORBIDDEN_ON_FRAMES = {
    "approxQuantile": "Sail has none: use the exact percentile",
    "approx_percentile": "not alike on both: use the exact percentile",
    "percentile_approx": "not alike on both: use the exact percentile",
    "observe": "Sail has none: count in a query of its own",
    "foreachPartition": "needs an RDD: use mapInArrow",
    "insertInto": "matches columns by position: use the writer",
    "saveAsTable": "there is no catalogue: use the writer and a TableRef",
    "weekday": "Sail calls Sunday -1: use dayofweek, 1 on Sundays on both",
    "partitionBy": "Sail moves partition columns last; as a window, use Window.partitionBy",
}
FORBIDDEN_ATTRIBUTES = {
    "rdd": "neither Sail nor Spark Connect has one",
    "readStream": "Sail has no streaming",
    "writeStream": "Sail has no streaming",
}
FORBIDDEN_WORDS = {
    r"replaceWhere": "Sail accepts rows outside the predicate: delete by keys, then append",
    r"partitionOverwriteMode": "Sail replaces the whole table: use replace or merge",
    r"txn(AppId|Version)": "Sail ignores it: exactly-once is the writer's",
    r"\bMERGE\s+INTO\b": ONLY_THE_WRITER,
    r"\b(INSERT\s+(INTO|OVERWRITE)|DELETE\s+FROM|UPDATE)\s+(TABLE\s+)?delta\.": ONLY_THE_WRITER,
    r"\b(VACUUM|OPTIMIZE|RESTORE|DESCRIBE\s+HISTORY)\s+(TABLE\s+)?delta\.": "Sail has none",
    r"read(Change(Data)?Feed|ChangeData)": "Sail has none: compare two versions",
    r"^spark\.sql\.session\.timeZone$": "UTC everywhere; the engine sets it",
}
SETS_THE_SESSION = {"lakehouse/connect.py", "lakehouse/spark.py"}


def our_files() -> list[Path]:
    packages = {path.parent for path in ROOT.glob("*/__init__.py")}
    return sorted(
        file
        for package in packages
        if package.name not in NOT_OURS and not package.name.startswith(".")
        for file in package.rglob("*.py")
    )


def touches_frames(tree: ast.AST) -> bool:
    """Say whether a file imports PySpark, also for types alone."""
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pyspark")
        for node in ast.walk(tree)
    )


def chain(node: ast.AST) -> list[str]:
    """Return the names that a call hangs on, last first: ``df.write.mode(…).save``."""
    names = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return [*names, node.id] if isinstance(node, ast.Name) else names


def docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def writes(names: list[str]) -> bool:
    """Say whether a call changes a table: by delta-rs or through a frame's ``write``."""
    return names[:1] == ["write_deltalake"] or "writeTo" in names or "write" in names[1:]


def findings(name: str, tree: ast.Module) -> Iterator[str]:
    frames, documentation = touches_frames(tree), docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = chain(node.func)
            last = names[0] if names else ""
            is_window = last == "partitionBy" and "Window" in names
            if frames and last in FORBIDDEN_ON_FRAMES and not is_window:
                yield f"{name}:{node.lineno} {last}: {FORBIDDEN_ON_FRAMES[last]}"
            if name not in WRITERS and writes(names) and (frames or last == "write_deltalake"):
                yield f"{name}:{node.lineno} {last}: {ONLY_THE_WRITER}"
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            yield f"{name}:{node.lineno} .{node.attr}: {FORBIDDEN_ATTRIBUTES[node.attr]}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            exempt = name in WRITERS | SETS_THE_SESSION or id(node) in documentation
            for pattern, why in FORBIDDEN_WORDS.items() if not exempt else ():
                if re.search(pattern, node.value, re.IGNORECASE):
                    yield f"{name}:{node.lineno} {pattern}: {why}"


def test_our_code_leans_on_nothing_that_the_engines_do_differently() -> None:
    files = our_files()
    assert len(files) > 30, "the scan found the code"
    found = [
        line
        for file in files
        for line in findings(str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8")))
    ]
    assert found == []


def importers(*names: str) -> set[str]:
    """Return our files that import a module, or a name from one."""
    return {
        str(file.relative_to(ROOT))
        for file in our_files()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & {*names}
    }


def test_only_the_writer_and_maintenance_call_the_two_ways_of_writing() -> None:
    ways = importers("lakehouse.delta_embedded", "lakehouse.delta_spark")
    assert ways == {"lakehouse/tables.py"}
    users = importers("lakehouse.tables.tables_of")
    assert users == {"lakehouse/writer.py", "lakehouse/maintenance.py"}


@pytest.mark.parametrize(
    "line",
    [
        "df.write.format('delta').mode('overwrite').save('/lake/acme/gold/score')",
        "df.write.mode('append').parquet('/somewhere')",
        "df.writeTo('t').append()",
        "write_deltalake('/lake', rows)",
        "df.write.option('replaceWhere', 'day = 1')",
        "df.approxQuantile('age', [0.5], 0.1)",
        "df.rdd.map(len)",
        "df.select(fn.weekday('opened_at'))",
        "spark.readStream.load('/x')",
        "spark.sql('MERGE INTO delta.`/x` USING y ON true')",
        "spark.sql('DELETE FROM delta.`/x` WHERE true')",
        "spark.sql('OPTIMIZE delta.`/x`')",
        "spark.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic')",
        "spark.conf.set('spark.sql.session.timeZone', 'America/Bogota')",
        "spark.read.option('readChangeFeed', 'true')",
    ],
)
def test_the_scan_catches(line: str) -> None:
    source = f"from pyspark.sql import DataFrame\n{line}\n"
    assert list(findings("ingestion/somewhere.py", ast.parse(source)))


@pytest.mark.parametrize(
    "line",
    [
        "'''Never replaceWhere, never MERGE INTO.'''",
        "Window.partitionBy('row_key').orderBy('valid_from')",
        "lake.writer.replace(ref, df, commit)",
        "target.write(b'bytes')",
    ],
)
def test_the_scan_lets_pass(line: str) -> None:
    source = f"from pyspark.sql import DataFrame\n{line}\n"
    assert list(findings("ingestion/somewhere.py", ast.parse(source))) == []
