"""The form by which a reader of ``/docs`` tries a route."""

import json
from html import escape
from typing import Any

from foundation.texts import Language, text

Json = dict[str, Any]
FILTERS = "filters"


def form(path: str, verb: str, operation: Json, language: Language) -> str:
    """Return a form with the route's parameters, a body of its examples, and a place to answer."""
    name = str(operation.get("operationId", f"{verb}{path}"))
    fields = "".join(_field(one, name, language) for one in operation.get("parameters", ()))
    body, buttons = _body(operation, name, language), _button(_said("send", language))
    if "GraphRequest" in json.dumps(operation.get("requestBody", {})):
        body = _question(operation, name, language)
        schema = f'data-path="{escape(path)}/sdl" class="second"'
        buttons = _button(_said("run", language)) + _button(_said("schema", language), schema)
    return (
        f"<details><summary>{_said('try', language)}</summary>"
        f'<form data-path="{escape(path)}" data-verb="{verb.upper()}">{fields}{body}{buttons}'
        f'<output aria-live="polite"></output></form></details>'
    )


def _said(key: str, language: Language) -> str:
    return escape(text(f"docs_page.{key}", language))


def _button(words: str, more: str = "") -> str:
    return f'<button type="submit" {more}>{words}</button>'


def _field(one: Json, form: str, language: Language) -> str:
    name, place = escape(one["name"]), FILTERS if one["name"] == FILTERS else one["in"]
    known = f'id="{escape(form)}-{name}" name="{name}" data-in="{place}"'
    label = f'<label for="{escape(form)}-{name}"><code>{name}</code></label>'
    options = one["schema"].get("enum")
    if options:
        listed = "".join(f"<option>{escape(str(option))}</option>" for option in options)
        return f"{label}<select {known}>{listed}</select>"
    hint = f'placeholder="{_said("filters_hint", language)}"' if place == FILTERS else ""
    must = "required" if one.get("required") else ""
    return f'{label}<input {known} {hint} {must} autocomplete="off" spellcheck="false">'


def _body(operation: Json, form: str, language: Language) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    examples = {name: _pretty(one["value"]) for name, one in content.get("examples", {}).items()}
    chosen = ""
    if len(examples) > 1:
        options = "".join(
            f'<option data-body="{escape(written)}">{escape(name)}</option>'
            for name, written in examples.items()
        )
        chosen = (
            f'<label for="{escape(form)}-example">{_said("example", language)}</label>'
            f'<select id="{escape(form)}-example" name="example">{options}</select>'
        )
    first = next(iter(examples.values()), "{}")
    return chosen + _area(form, "body", _said("body", language), first)


def _question(operation: Json, form: str, language: Language) -> str:
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    asked = next(iter(examples.values()))["value"]
    query = _area(form, "query", _said("query", language), asked["query"], "query")
    written = _pretty(asked.get("variables") or {})
    return query + _area(form, "variables", _said("variables", language), written)


def _area(form: str, name: str, label: str, value: str, style: str = "") -> str:
    known = f'id="{escape(form)}-{name}" name="{name}" class="{style}" spellcheck="false"'
    return (
        f'<label for="{escape(form)}-{name}">{label}</label>'
        f"<textarea {known}>{escape(value)}</textarea>"
    )


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
