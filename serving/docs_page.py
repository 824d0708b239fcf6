"""``/docs``: the OpenAPI document as a page, without scripts and without anybody else's server."""

import json
from html import escape
from typing import Any

from foundation.texts import Language, text

Json = dict[str, Any]
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b}h2{border-top:1px solid #ccc;padding-top:1.5rem}code,pre{background:#f4f4f4;"
    "padding:.1rem .3rem}pre{padding:1rem;overflow:auto}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}"
)


def page(spec: Json, language: Language) -> str:
    """Return the page of a document."""
    parts = [_operation(path, verb, one, language) for path, verb, one in _operations(spec)]
    schemas = spec["components"]["schemas"]
    shapes = [_schema(name, schema) for name, schema in sorted(schemas.items())]
    title = escape(str(spec["info"]["title"]))
    intro = escape(str(spec["info"].get("description", "")))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1><p>{intro}</p>"
        f'<p><a href="/openapi.json">openapi.json</a></p>{"".join(parts)}'
        f"<h2>{escape(text('serving.docs_shapes', language))}</h2>{''.join(shapes)}</body></html>"
    )


def _operations(spec: Json) -> list[tuple[str, str, Json]]:
    return [
        (path, verb, operation)
        for path, verbs in spec["paths"].items()
        for verb, operation in verbs.items()
    ]


def _operation(path: str, verb: str, operation: Json, language: Language) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in sorted(operation["responses"].items())
    )
    return (
        f"<h2><code>{verb.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('summary', ''))}</p>{_examples(operation)}"
        f"<h3>{escape(text('serving.docs_answers', language))}</h3><table>{rows}</table>"
    )


def _examples(operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return "".join(_code(example["value"]) for example in content.get("examples", {}).values())


def _schema(name: str, schema: Json) -> str:
    return f"<h3 id='{escape(name)}'>{escape(name)}</h3>{_code(schema)}"


def _code(value: Json) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"
