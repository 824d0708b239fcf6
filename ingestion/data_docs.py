"""Great Expectations' Data Docs of a tenant: pages that a person opens, made of counts alone.

The pages are rendered from stored audits, not from data: what an audit does not hold (a value of a
cell) cannot reach a page. The library's own "observed values" of aggregates are left out too, since
a maximum is a value of somebody's row.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from ingestion.audit import Audit, Result
from ingestion.audit_engine import load_great_expectations
from lakehouse.refs import TENANT_ID, safe_name
from tenancy.tenant import Tenant
from tenancy.upload import APPLIED
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

    from lakehouse.lake import Lake

SITE = "tenant"
AUDITS_SHOWN = 10
"""As many uploads of each table back; older ones are in the uploads' records."""


def recorded_audits(lake: "Lake", tenant: Tenant) -> list[Audit]:
    """Return the audits that a tenant's uploads recorded, table by table, newest first."""
    contract = lake.contract_of(tenant)
    return [
        Audit.from_json(upload.audit)
        for table in contract.tables
        for upload in list_uploads(
            lake.store, tenant, APPLIED, table=table.name, limit=AUDITS_SHOWN
        )
        if upload.audit
    ]


def build_data_docs(lake: "Lake", tenant: Tenant, audits: Sequence[Audit]) -> Path:
    """Write the pages of a tenant anew; returns the one to open.

    They are built aside and then put in the place of the old ones, so that a reader never meets
    half a site.

    Parameters
    ----------
    audits
        What to show; `recorded_audits` has those of the uploads.
    """
    folder = lake.settings.data_docs_dir / safe_name(tenant.id, TENANT_ID, "tenant")
    aside = folder.with_name(f".{tenant.id}-{uuid4().hex}")
    try:
        _build(aside, audits)
        _swap(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder / "index.html"


def _build(folder: Path, audits: Sequence[Audit]) -> None:
    folder.mkdir(parents=True)
    context = _context(folder)
    suites: dict[str, ExpectationSuite] = {}
    for audit in audits:
        if audit.table not in suites:
            suites[audit.table] = context.suites.add(_suite(audit))
        _store(context, audit)
    context.build_data_docs(site_names=[SITE])


def _swap(new: Path, place: Path) -> None:
    old = place.with_name(f".{place.name}-{uuid4().hex}")
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _context(folder: Path) -> "EphemeralDataContext":
    context = load_great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
    context.add_data_docs_site(
        SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": store,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return cast("EphemeralDataContext", context)


def _suite(audit: Audit) -> "ExpectationSuite":
    gx = load_great_expectations()
    described = [{"type": r.kind, "kwargs": _as_text(r.arguments)} for r in audit.expectations]
    return cast("ExpectationSuite", gx.ExpectationSuite(name=audit.table, expectations=described))


def _as_text(argument: object) -> object:
    """Return an expectation's arguments with every text in them escaped: the library does not."""
    if isinstance(argument, dict):
        return {name: _as_text(one) for name, one in argument.items()}
    if isinstance(argument, list | tuple):
        return [_as_text(one) for one in argument]
    return escape(argument) if isinstance(argument, str) else argument


def _store(context: "EphemeralDataContext", audit: Audit) -> None:
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types import resource_identifiers as names

    run = RunIdentifier(
        run_name=f"silver-version-{audit.version}",
        run_time=datetime.fromisoformat(audit.audited_at),
    )
    key = names.ValidationResultIdentifier(
        expectation_suite_identifier=names.ExpectationSuiteIdentifier(audit.table),
        run_id=run,
        batch_identifier=f"silver-{audit.table}-{audit.version}",
    )
    context.validation_results_store.set(key, _validation(audit, run))


def _validation(audit: Audit, run: object) -> "ExpectationSuiteValidationResult":
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )

    batch = {
        "datasource_name": "silver",
        "data_connector_name": "audit",
        "data_asset_name": audit.table,
        "batch_identifiers": {},
    }
    fine = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    suite = _suite(audit)
    results = [
        ExpectationValidationResult(
            success=result.passed,
            expectation_config=expectation.configuration,
            result=_counts(result),
            exception_info=fine,
        )
        for result, expectation in zip(audit.expectations, suite.expectations, strict=True)
    ]
    return ExpectationSuiteValidationResult(
        success=audit.passed,
        results=results,
        suite_name=audit.table,
        statistics=_statistics(audit),
        meta={"active_batch_definition": batch, "run_id": run, "batch_spec": {}},
    )


def _counts(result: Result) -> dict[str, Any]:
    if result.element_count is None or result.unexpected_count is None:
        return {}
    share = 100.0 * result.unexpected_count / max(result.element_count, 1)
    return {
        "element_count": result.element_count,
        "unexpected_count": result.unexpected_count,
        "unexpected_percent": share,
    }


def _statistics(audit: Audit) -> dict[str, float]:
    total, failed = len(audit.expectations), len(audit.failures)
    return {
        "evaluated_expectations": total,
        "successful_expectations": total - failed,
        "unsuccessful_expectations": failed,
        "success_percent": 100.0 * (total - failed) / max(total, 1),
    }
