"""The sign-in page before Dagster's and MLflow's: plain HTML, no script, nobody else's server."""

from html import escape

from foundation.texts import Language, text
from serving.headers import SECURITY_HEADERS

SIGN_IN, SIGN_OUT = "/staff/sign-in", "/staff/sign-out"
HEADERS = SECURITY_HEADERS | {
    # A page without a referrer would post its own form with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}h1{font-size:1.5rem}label{display:block;margin:1rem 0 .25rem}"
    "input,button{font:inherit;width:100%;min-height:44px;box-sizing:border-box;"
    "padding:.4rem .7rem;border:1px solid #767676;border-radius:.4rem}"
    "button{margin-top:1.5rem;background:#00527a;color:#fff;border:0}"
    ".wrong{border-left:4px solid #b34700;padding:.5rem .8rem;"
    "background:#fff4ec}.note{color:#595959;font-size:.9rem}"
)


def sign_in_page(page: str, language: Language, wrong: str | None = None) -> str:
    """Return the form for e-mail and password, with the reason why it did not work."""
    reason = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = (
        f"<p>{_said('staff_pages.intro', language)}</p>{reason}"
        f'<form method="post" action="{SIGN_IN}">'
        f"{_field('email', 'text', 'username', language)}"
        f"{_field('password', 'password', 'current-password', language)}"
        f"<button>{_said('dashboards.sign_in', language)}</button></form>"
        f'<p class="note">{_said("staff_pages.help", language)}</p>'
    )
    return _document(page, body, language)


def signed_in_page(page: str, language: Language) -> str:
    """Return the way to the page and the way out, for who is signed in."""
    body = (
        f"<p>{_said('staff_pages.signed_in', language, page=page)}</p>"
        f'<p><a href="/">{_said("staff_pages.open", language, page=page)}</a></p>'
        f'<form method="post" action="{SIGN_OUT}">'
        f"<button>{_said('dashboards.sign_out', language)}</button></form>"
    )
    return _document(page, body, language)


def _document(page: str, body: str, language: Language) -> str:
    title = _said("staff_pages.title", language, page=page)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    )


def _field(name: str, kind: str, fills: str, language: Language) -> str:
    label = _said(f"dashboards.{name}", language)
    return (
        f'<label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{fills}" required>'
    )


def _said(key: str, language: Language, **values: str) -> str:
    return escape(text(key, language, **values))
