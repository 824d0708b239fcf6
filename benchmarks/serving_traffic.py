"""What clients ask of the service: incidents to register, customers to show, events of calls."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from benchmarks.open_loop import Ask, Line
from benchmarks.serving_house import ServedHouse

JSON = {"Content-Type": "application/json", "Accept-Language": "es"}
KINDS, CHANNELS = ("petition", "complaint", "claim"), ("phone", "chat", "email")
TEXTS = (
    "El internet se cae todas las noches y nadie responde. Ya reporté la falla dos veces.",
    "Me cobraron dos veces la misma factura y necesito que devuelvan el dinero este mes.",
    "Quiero cancelar el servicio, otra empresa me ofrece más velocidad por menos.",
    "Solicito el traslado del servicio a mi nueva dirección a partir del próximo lunes.",
    "El técnico no llegó en la franja acordada y perdí el día de trabajo esperando.",
    "Pido copia del contrato y de los cambios de tarifa de los últimos doce meses.",
)


class Traffic:
    """Requests of the tenants of a house, the same ones for the same seed.

    Parameters
    ----------
    first_share
        Share of requests that is the first tenant's, who alone has customers.
    run
        Makes incidents of this run differ from those of others.
    """

    def __init__(self, house: ServedHouse, run: str, first_share: float = 0.5) -> None:
        self._house, self.prefix, self._share = house, f"{run}-", first_share

    @property
    def tenants(self) -> int:
        """How many tenants send."""
        return len(self._house.tenants)

    def tenant(self, number: int) -> int:
        """Return whose request this is."""
        several = len(self._house.tenants)
        if several == 1 or random.Random(number).random() < self._share:
            return 0
        return 1 + number % (several - 1)

    def incident_id(self, number: int) -> str:
        """Return the number under which an incident is registered."""
        return f"{self.prefix}{number:06d}"

    def incident(self, number: int) -> Ask:
        """Return the request that registers an incident; it may be sent again."""
        rng, tenant = random.Random(number), self.tenant(number)
        body = {
            "incident_id": self.incident_id(number),
            "customer_id": rng.choice(self._house.customer_ids),
            "kind": rng.choice(KINDS),
            "channel": rng.choice(CHANNELS),
            "text": rng.choice(TEXTS),
        }
        headers = {**self._entry(tenant), "Idempotency-Key": self.incident_id(number)}
        return Ask("POST", "/v1/incidents", headers, json.dumps(body).encode())

    def customer(self, number: int) -> Ask:
        """Return the request that shows a customer of the first tenant."""
        customer = random.Random(number).choice(self._house.customer_ids)
        return Ask("GET", f"/v1/customers/{customer}", self._entry(0))

    def calls(self, seed: int, minutes: float, per_minute: float) -> Iterator[Ask]:
        """Return the events of calls as an exchange of the first tenant sends them, in order."""
        from simulation.call_stream import events  # type: ignore[import-untyped,unused-ignore]

        start = datetime.now(UTC).replace(microsecond=0)
        for event in events(seed, start, minutes, per_minute):
            body = json.dumps({"events": [event]}).encode()
            yield Ask("POST", "/v1/calls/events", self._entry(0), body)

    def _entry(self, tenant: int) -> dict[str, str]:
        return {**JSON, "Authorization": f"Bearer {self._house.keys[tenant]}"}


def is_served(port: int, path: str) -> bool:
    """Say whether the service has a route."""
    _, body = Line(port).ask(Ask("GET", "/openapi.json", {}))
    return path in json.loads(body)["paths"]


def incidents_of(traffic: Traffic, numbers: Sequence[int]) -> dict[int, set[str]]:
    """Return tenant → incidents among these numbers."""
    found: dict[int, set[str]] = {}
    for number in numbers:
        found.setdefault(traffic.tenant(number), set()).add(traffic.incident_id(number))
    return found
