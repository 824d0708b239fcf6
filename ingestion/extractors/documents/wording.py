"""What the words of a receipt say that a row's amount is: total, tax, cash, change and the like."""

import re

from ingestion.extractors.plain import plain

TOTAL = r"t[o0]ta[l1|i]"
PARTS = {
    "subtotal": rf"\bsub\W{{0,2}}(?:{TOTAL}|tot)|\bneto\b(?! a pagar)|base (?:imponible|gravable)"
    rf"|{TOTAL} (?:excl|before|sin|antes|neto|bruto|parcial|gravad|exclud)|op\W+gravada"
    r"|\bsumma?ry\b|\bresumen\b",
    "rounding": r"r[o0]und(?!e?d? ?t[o0]ta|ed t)|redonde[o0]|\baju[s5]te"
    r"|\badj(?:ustment)?\b|pembundaran",
    "tax": r"\b(?:i\W?v\W?a|gst|sst|i\W?g\W?v|itbis|iss|icms|ico|vat|tax(?:es)?|impuestos?|inc"
    r"|impoconsumo|cukai|ieps)\b(?!\W{0,2}incl)",
    "tip": r"propina|servicio\b|\btip\b|service ch|svc|serv\b",
    "discount": r"descuento|discount|\bdis[ce]\b|dcto|ahorr|saving|rebate|bonificaci",
    "change": r"\bcambi[o0]\b|\bvuel[tl][o0]s?\b|\bchange\b|\bbaki\b|devuelt|\bchg\b",
    "cash": r"efectivo|\bcash\b(?! ?bill)|recibid|tunai|tarjeta|\bcard\b|\bvisa\b|master|tender"
    r"|entregad|su pago|paga con|\bpaid\b|payment|received|debito|credito|abono",
    "count": r"items?\b|\bqty\b|quantity|cantidad|articulos|unidades|productos|puntos|points|pieces"
    r"|\bpcs\b|\bpax\b",
}
"""What a row is when its words say so; the order decides between several."""
STRONG = re.compile(
    rf"{TOTAL} (?:a )?(?:pagar|general|final|factura|venta|compra|due|payable|incl|con iva|amount"
    rf"|cop\b|usd\b|mxn\b|rm\b)|(?:grand|gran|net|neto|rounded|bill|invoice|importe|monto|valor)"
    rf" ?{TOTAL}|amount (?:due|payable)|neto a pagar|valor a pagar|importe a pagar|monto a pagar"
    rf"|balance due|jumlah besar|rounded|r[o0]u?nd\w* {TOTAL}|total after"
)
WEAK = re.compile(rf"\b{TOTAL}\b|\bjumlah\b|\bt[o0]ta[l1]|\bimporte\b|\bvalor\b|\bamount\b")


def part(text: str) -> str:
    """Return what the words of a row say that its amount is; empty where they say nothing."""
    words = re.sub(r"\s+", " ", plain(text))
    kinds = [name for name, form in PARTS.items() if re.search(form, words)]
    if STRONG.search(words) and not {"count", "subtotal", "change"} & set(kinds):
        return "strong"
    is_total = re.search(TOTAL, words)
    if is_total and "tax" in kinds and re.search(r"incl|con i\W?v\W?a|with|termasuk", words):
        return "strong"
    if kinds:
        return kinds[0]
    if not WEAK.search(words):
        return ""
    return "weak" if is_total or "jumlah" in words else "faint"
