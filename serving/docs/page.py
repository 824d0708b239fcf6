"""``/docs``: the OpenAPI document as a page on which each route can be tried.

Its style and its script are two small files of this service; nobody else's server is asked.
"""

import json
from functools import partial
from html import escape
from typing import Any

from foundation.texts import Language, text
from serving.docs.trying import form

Json = dict[str, Any]
STYLE, SCRIPT = "/docs/docs.css", "/docs/try.js"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(spec: Json, language: Language) -> str:
    """Return the page of a document."""
    said = partial(_said, language)
    operations = _operations(spec)
    shown = "".join(_operation(path, verb, one, language) for path, verb, one in operations)
    schemas = sorted(spec["components"]["schemas"].items())
    title = escape(str(spec["info"]["title"]))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{STYLE}">'
        f'<script src="{SCRIPT}" defer></script></head>'
        f'<body data-unreached="{said("unreached")}"><div class="frame"><header><h1>{title}</h1>'
        f"<p>{escape(str(spec['info'].get('description', '')))} "
        f'<a href="/openapi.json">{said("document")}</a></p>'
        f'<label for="key">{said("key")} <span class="hint">{said("key_hint")}</span></label>'
        f'<input id="key" type="password" autocomplete="off" spellcheck="false"></header>'
        f"{_contents(operations, language)}<main>{shown}"
        f"<section id='shapes'><h2>{said('shapes')}</h2>"
        f"{''.join(_schema(name, schema) for name, schema in schemas)}</section>"
        f"</main></div></body></html>"
    )


def _said(language: Language, name: str) -> str:
    return escape(text(f"docs_page.{name}", language))


def _operations(spec: Json) -> list[tuple[str, str, Json]]:
    return [
        (path, verb, operation)
        for path, verbs in sorted(spec["paths"].items())
        for verb, operation in verbs.items()
    ]


def _contents(operations: list[tuple[str, str, Json]], language: Language) -> str:
    links = "".join(
        f'<li><a href="#{_anchor(path, verb)}"><span class="verb">{verb.upper()}</span>'
        f"<br>{escape(path)}</a></li>"
        for path, verb, _ in operations
    )
    shapes = f'<li><a href="#shapes">{_said(language, "shapes")}</a></li>'
    summary = f"<summary>{_said(language, 'contents')}</summary>"
    return f"<nav><details open>{summary}<ul>{links}{shapes}</ul></details></nav>"


def _anchor(path: str, verb: str) -> str:
    return escape(f"{verb}-{path.strip('/')}".replace("/", "-").replace("{", "").replace("}", ""))


def _operation(path: str, verb: str, operation: Json, language: Language) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in sorted(operation["responses"].items())
    )
    return (
        f'<section id="{_anchor(path, verb)}">'
        f'<h2><span class="verb">{verb.upper()}</span> <code>{escape(path)}</code></h2>'
        f"<p>{escape(operation.get('summary', ''))}</p>"
        f"{_parameters(operation, language)}{form(path, verb, operation, language)}"
        f"<details><summary>{_said(language, 'answers')}</summary>"
        f'<div class="scroll"><table>{rows}</table></div></details></section>'
    )


def _parameters(operation: Json, language: Language) -> str:
    must = f" ({_said(language, 'required')})"
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one.get('description', ''))}"
        f"{must if one.get('required') else ''}</td></tr>"
        for one in operation.get("parameters", ())
    )
    title = f"<h3>{_said(language, 'parameters')}</h3>"
    return f'{title}<div class="scroll"><table>{rows}</table></div>' if rows else ""


def _schema(name: str, schema: Json) -> str:
    shown = escape(json.dumps(schema, ensure_ascii=False, indent=2))
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>' + (
        f"<pre tabindex='0'>{shown}</pre></details>"
    )
