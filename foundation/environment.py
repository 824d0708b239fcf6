"""Settings as they are read, once, from the environment at an entry point."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from foundation.errors import OperatorError
from foundation.settings import BUCKET_SCHEME, ENGINES, Settings
from foundation.texts import LANGUAGES, Language

HISTORY = re.compile(r"[1-9]\d{0,4}(,[a-z]+=[1-9]\d{0,4})*")
LIMIT = re.compile(r"([a-z_]+\.[a-z_]+)=(\d{1,12})")
OPUS = re.compile(r"off|opus:([6-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-6])")
"""Opus takes from 6 to 256 kilobits a second and channel (RFC 6716, 2.1.1)."""
TRANSCRIBER = re.compile(
    r"(?:faster-whisper|vosk|sherpa-onnx):\S.*|https?://[^\s/@#]+(?:/[^\s@#]*)?#[^\s#]+"
)
PLAIN_FOLDER = re.compile(r"[A-Za-z0-9._/~+=,&@-]+")

Choice = TypeVar("Choice", bound=str)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``ABCALL_*`` variables; what is not set, or is empty, keeps its default.

    Raises
    ------
    OperatorError
        A variable holds what it cannot mean; the sentence names it and says what it may hold.
    """
    given = os.environ if environment is None else environment
    env = {name: value for name, value in given.items() if value}
    defaults = Settings.at(Path(env.get("ABCALL_DATA", ".abcall")))
    days, by_layer = _history(env, defaults.history_days)
    _require_plain("ABCALL_DATA", str(defaults.data_dir))
    return replace(
        defaults,
        master_key_file=Path(env.get("ABCALL_MASTER_KEY_FILE", defaults.master_key_file)),
        store_url=env.get("ABCALL_STORE_URL", defaults.store_url),
        engine=_one_of(env, "ABCALL_ENGINE", ENGINES, defaults.engine),
        spark_remote=env.get("ABCALL_SPARK_REMOTE", defaults.spark_remote),
        contract_dirs=tuple(
            Path(p) for p in env.get("ABCALL_CONTRACTS", "").split(os.pathsep) if p
        ),
        upload_limit_bytes=_number(env, "ABCALL_UPLOAD_LIMIT_BYTES", defaults.upload_limit_bytes),
        language=_one_of(env, "ABCALL_LANGUAGE", LANGUAGES, defaults.language),
        lake_url=_lake_url(env),
        history_days=days,
        layer_history_days=by_layer,
        search_seconds=_number(env, "ABCALL_SEARCH_SECONDS", defaults.search_seconds, least=0),
        openlineage=_receiver(env),
        openlineage_key_file=_file(env, "ABCALL_OPENLINEAGE_KEY_FILE"),
        sql_url=_sql_url(env),
        call_lost_hours=_number(env, "ABCALL_CALL_LOST_HOURS", defaults.call_lost_hours),
        outbox_days=_number(env, "ABCALL_OUTBOX_DAYS", defaults.outbox_days),
        metrics_key_file=_file(env, "ABCALL_METRICS_KEY_FILE"),
        otlp_endpoint=_http_url(env, "ABCALL_OTLP_ENDPOINT").rstrip("/"),
        limits=_limits(env),
        public_url=_http_url(env, "ABCALL_PUBLIC_URL", "settings.bad_public_url").rstrip("/"),
        webhook_retry_seconds=_seconds(env, defaults.webhook_retry_seconds),
        webhook_loopback=_one_of(env, "ABCALL_WEBHOOK_LOOPBACK", ("0", "1"), "0") == "1",
        opus_kilobits=_opus(env),
        transcriber=_transcriber(env),
        transcriber_key_file=_file(env, "ABCALL_TRANSCRIBER_KEY_FILE"),
        media_cool_days=_number(env, "ABCALL_MEDIA_COOL_DAYS", defaults.media_cool_days),
        media_archive_days=_number(env, "ABCALL_MEDIA_ARCHIVE_DAYS", defaults.media_archive_days),
    )


def spoken_language(environment: Mapping[str, str] | None = None) -> Language:
    """Return the language in which to say that the settings themselves are wrong."""
    given = os.environ if environment is None else environment
    return "en" if given.get("ABCALL_LANGUAGE") == "en" else "es"


def _one_of(
    env: Mapping[str, str], variable: str, allowed: tuple[Choice, ...], default: Choice
) -> Choice:
    value = env.get(variable, default)
    chosen = next((choice for choice in allowed if choice == value), None)
    if chosen is None:
        known = ", ".join(allowed)
        raise OperatorError("settings.unknown", variable=variable, value=value, known=known)
    return chosen


def _number(env: Mapping[str, str], variable: str, default: int, *, least: int = 1) -> int:
    value = env.get(variable, str(default))
    if not value.isdecimal() or int(value) < least:
        raise OperatorError("settings.no_number", variable=variable, value=value, least=least)
    return int(value)


def _lake_url(env: Mapping[str, str]) -> str:
    """Return the lake's root without a slash at its end; a folder as an absolute path."""
    url = env.get("ABCALL_LAKE_URL", "").rstrip("/")
    scheme, mark, rest = url.partition("://")
    if mark and (f"{scheme}{mark}" != BUCKET_SCHEME or not rest.split("/", 1)[0]):
        raise OperatorError("settings.bad_lake_url", variable="ABCALL_LAKE_URL", value=url)
    if not url or mark:
        return url
    folder = str(Path(url).absolute())
    _require_plain("ABCALL_LAKE_URL", folder)
    return folder


def _receiver(env: Mapping[str, str]) -> str:
    """Return an ``http(s)://`` URL without a secret in it, or a file as an absolute path."""
    value = env.get("ABCALL_OPENLINEAGE", "")
    if "://" not in value:
        return str(Path(value).absolute()) if value else ""
    return _http_url(env, "ABCALL_OPENLINEAGE", "settings.bad_receiver")


def _http_url(env: Mapping[str, str], variable: str, refusal: str = "settings.bad_http_url") -> str:
    """Return an ``http(s)://`` URL without a secret in it."""
    value = env.get(variable, "")
    url = urlsplit(value)
    if value and (url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc):
        raise OperatorError(refusal, variable=variable)  # not the value: it may hold a password
    return value


def _file(env: Mapping[str, str], variable: str) -> Path | None:
    return Path(env[variable]) if variable in env else None


def _limits(env: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Return the limits of plans by name; which names there are, `tenancy.limits` knows."""
    value = env.get("ABCALL_LIMITS", "")
    found = [LIMIT.fullmatch(part.strip()) for part in value.split(",") if value]
    limits = tuple((one[1], int(one[2])) for one in found if one)
    if len(limits) < len(found):
        raise OperatorError("settings.bad_limits", variable="ABCALL_LIMITS", value=value)
    return limits


def _seconds(env: Mapping[str, str], default: tuple[int, ...]) -> tuple[int, ...]:
    """Return waits, each of at least a second and at most a week."""
    variable = "ABCALL_WEBHOOK_RETRY_SECONDS"
    value = env.get(variable, ",".join(map(str, default)))
    if not re.fullmatch(r"[1-9]\d{0,5}(,[1-9]\d{0,5}){0,49}", value):
        raise OperatorError("settings.bad_seconds", variable=variable, value=value)
    return tuple(map(int, value.split(",")))


def _opus(env: Mapping[str, str]) -> int:
    """Return the kilobits a second and channel of ``opus:24``; 0 of ``off``."""
    value = env.get("ABCALL_OPUS_KILOBITS", "off")
    found = OPUS.fullmatch(value)
    if not found:
        raise OperatorError("settings.bad_opus", variable="ABCALL_OPUS_KILOBITS", value=value)
    return int(found[1] or 0)


def _transcriber(env: Mapping[str, str]) -> str:
    value = env.get("ABCALL_TRANSCRIBER", "")
    if value and not TRANSCRIBER.fullmatch(value):
        # Not an address: it may hold a password.
        told = "…" if "://" in value else value
        raise OperatorError("settings.bad_transcriber", variable="ABCALL_TRANSCRIBER", value=told)
    return value


def _sql_url(env: Mapping[str, str]) -> str:
    """Return the address of a PostgreSQL server."""
    value = env.get("ABCALL_SQL_URL", "")
    if value and (urlsplit(value).scheme != "postgresql" or not urlsplit(value).hostname):
        raise OperatorError("settings.bad_sql_url", variable="ABCALL_SQL_URL")
    return value


def _require_plain(variable: str, folder: str) -> None:
    """Refuse a folder that the embedded engine and delta-rs do not find: they take it for a URL."""
    if not PLAIN_FOLDER.fullmatch(folder):
        raise OperatorError("settings.odd_folder", variable=variable, value=folder)


def _history(env: Mapping[str, str], default: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Return the days of ``30`` or ``30,gold=7``: for all layers, and for some of them."""
    value = env.get("ABCALL_HISTORY_DAYS", str(default))
    if not HISTORY.fullmatch(value):
        raise OperatorError("settings.bad_history", variable="ABCALL_HISTORY_DAYS", value=value)
    first, *others = value.split(",")
    pairs = (other.split("=") for other in others)
    return int(first), tuple((layer, int(days)) for layer, days in pairs)
