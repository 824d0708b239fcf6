"""One worker: the app with all that runs beside it, warmed up before it says that it is ready."""

import gc
import logging
import os
import signal
import threading
import time
from functools import partial
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from foundation.failures import trail_of
from foundation.settings import Settings
from serving.health.life import Life

if TYPE_CHECKING:
    from collections.abc import Callable

    from apiflask import APIFlask

    from operations.webhooks.delivery import Courier
    from serving.house import House

log = logging.getLogger("abcall.serving")
ORPHAN_SECONDS = 0.5
AGAIN_SECONDS = 5.0


def begin(settings: Settings, life: Life, parent: int, workers: int) -> "APIFlask":
    """Return a worker's app; it warms up in the background and ends with its parent."""
    _in_background("parent", lambda: _end_with(parent))
    from operations.webhooks.delivery import Courier
    from serving.app import HOUSE, create_app
    from serving.door.fairness import share_interpreter
    from serving.observed.logs import log_to_stderr
    from serving.observed.telemetry import keep_room, webhook
    from serving.observed.traces import trace_to_receiver

    log_to_stderr(in_batches=True)
    share_interpreter()
    keep_room()
    trace_to_receiver(settings)
    app = create_app(settings, life=life, workers=workers)
    courier = Courier(app.extensions[HOUSE].lake, told=webhook).start()
    # Not of atexit: a forked process does not come to it.
    Finalize(None, partial(end, app, courier), exitpriority=0)
    _in_background("warm", lambda: _warm(app))
    life.begin()
    return app


def end(app: "APIFlask", courier: "Courier") -> None:
    """Leave in order: write what is noted, give back what is left of days, send nothing more."""
    from serving.door.limiting import DOOR

    keeper = app.extensions[DOOR]
    for step in (keeper.afterwards.write, keeper.settle, courier.stop, logging.shutdown):
        try:
            step()
        except Exception as error:  # the store is away: the other steps do not need it
            log.error("unsettled", extra={"facts": {"failure": trail_of(error)}})  # noqa: TRY400


def _in_background(name: str, work: "Callable[[], None]") -> None:
    threading.Thread(target=work, name=name, daemon=True).start()


def _end_with(parent: int) -> None:
    """Stop when the process that holds the door is killed: who starts it anew finds it free."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _warm(app: "APIFlask") -> None:
    """Load what the first request would wait for, until it is loaded, and keep models new."""
    from ingestion.extractors.words import read
    from serving.app import HOUSE
    from serving.health.parts import look

    house: House = app.extensions[HOUSE]
    house.models.watch(told=_count_reloads)
    while not house.life.warm:
        try:
            look(house.lake)
            read("Buenos días, no tengo servicio")  # the languages alone take a second to load
            house.models.load_all()
            house.life.warm = True
        except Exception as error:  # whatever it is, it is logged, and tried again
            log.error("cold", extra={"facts": {"failure": trail_of(error)}})  # noqa: TRY400
            time.sleep(AGAIN_SECONDS)
    _start_engine(house)
    _build_stores(house)
    gc.collect()
    gc.freeze()  # what lives as long as the worker is not looked through again, nor waited for


def _count_reloads(names: list[str]) -> None:
    from serving.observed.telemetry import reloaded

    for name in names:
        _, tenant_id, model = name.split(".")
        reloaded(tenant_id, model)


def _build_stores(house: "House") -> None:
    """Make the online stores that are missing where there is gold; nothing waits for it."""
    from features.online_store import build_online, online_of
    from tenancy.actor import system_actor
    from tenancy.tenants import list_tenants

    lake = house.lake
    for tenant in list_tenants(lake.store, system_actor("worker")):
        try:
            if online_of(lake, tenant) is None:
                build_online(lake, tenant, lake.contract_of(tenant))
        except Exception as error:  # the engine answers until the next refresh makes it
            facts = {"tenant": tenant.id, "failure": trail_of(error)}
            log.warning("no online store", extra={"facts": facts})


def _start_engine(house: "House") -> None:
    """Start the engine for the few features that need it; nothing waits for it."""
    import pyarrow as pa

    try:
        house.lake.engine.frame(pa.table({"n": [1]})).toArrow()
    except Exception as error:  # whoever needs it is told by it
        log.warning("no engine", extra={"facts": {"failure": trail_of(error)}})
