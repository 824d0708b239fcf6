"""From Asterisk's manager events to the platform's events of calls. Pure: no socket, no clock.

Legs of one call share a ``Linkedid``, the ``Uniqueid`` of its oldest channel. What is told:

- a call that joins a queue rings; ``AgentConnect`` answers it, ``QueueCallerAbandon`` gives it up;
- a call between a trunk and a telephone, without a queue, rings with ``DialBegin`` and is answered
  by ``DialEnd``; from telephone to trunk it is outbound; between telephones it is not told;
- ``Hold``, or music that the customer hears while they talk, holds it;
- ``BlindTransfer`` passes it on to whoever answers next, ``AttendedTransfer`` to who talks already;
- it ends where the customer's channel hangs up, or the agent is done with it (``AgentComplete``).

A caller who hangs up in the menu reached no queue: nothing is told. The dialplan says more with
``Set(ABCALL_CUSTOMER=…)`` and ``Set(ABCALL_PRODUCT=…)`` (``VarSet``). An event's id is made of the
call, the type and the time, so that a second adapter or connection doubles nothing.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from operations.asterisk.ami import Message

Event = dict[str, str]
Handler = Callable[[Message, datetime], list[Event]]
VARIABLES = {"ABCALL_CUSTOMER": "customer_id", "ABCALL_PRODUCT": "product"}
UNKNOWN = ("", "<unknown>", "anonymous", "unknown")
NUMBER = re.compile(r"\+?[0-9]{3,}")
FORGOTTEN = "connection_lost"
"""The reason of an end that was not seen: after a cut, the call's channel was gone."""


@dataclass
class _Call:
    """A call as far as it was seen.

    Attributes
    ----------
    customer
        ``Uniqueid`` of the customer's channel.
    told
        Whether something of it was told: it reached a queue, or a telephone.
    """

    linkedid: str
    customer: str
    line: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    direction: str = "inbound"
    told: bool = False
    queued: bool = False
    talking: bool = False
    answered: bool = False
    held: bool = False
    agent: str | None = None


class Asterisk:
    """Translates the events of one exchange.

    Parameters
    ----------
    source
        The exchange's name in the platform.
    trunks
        Endpoints that are lines to the outside: ``claro`` of ``PJSIP/claro-0000002a``.
    """

    def __init__(self, source: str, trunks: Collection[str] = ()) -> None:
        self._source, self._trunks = source, frozenset(trunks)
        self._calls: dict[str, _Call] = {}

    def take(self, message: Message, received_at: datetime) -> list[Event]:
        """Return what a manager event tells of calls; most tell nothing.

        Parameters
        ----------
        received_at
            When it was read: for exchanges without ``timestampevents``.
        """
        name = f"_on_{message.get('Event', '').lower()}"
        handler: Handler | None = getattr(self, name, None)
        return [] if handler is None else handler(message, _at(message, received_at))

    def missed(self, channels: Collection[str], at: datetime) -> list[Event]:
        """End the calls whose customer's channel is gone, given those that there are.

        After a cut connection: what happened meanwhile is not told again.
        """
        gone = [call for call in self._calls.values() if call.customer not in channels]
        return [event for call in gone for event in self._end(call, at, FORGOTTEN)]

    def _on_newchannel(self, message: Message, _at: datetime) -> list[Event]:
        linkedid, uniqueid = message.get("Linkedid", ""), message.get("Uniqueid", "")
        if linkedid and linkedid == uniqueid and linkedid not in self._calls:
            call = self._call(message)
            call.line = _known(message.get("Exten")) or _endpoint(message.get("Channel"))
        return []

    def _on_varset(self, message: Message, _at: datetime) -> list[Event]:
        name = VARIABLES.get(message.get("Variable", ""))
        value = _known(message.get("Value"))
        if name and value and message.get("Linkedid"):
            self._call(message).facts[name] = value
        return []

    def _on_queuecallerjoin(self, message: Message, at: datetime) -> list[Event]:
        call = self._call(message)
        call.customer, call.queued, call.talking = message.get("Uniqueid", ""), True, False
        call.facts["queue"] = message.get("Queue", "")
        return self._ring(call, message.get("CallerIDNum"), at)

    def _on_agentconnect(self, message: Message, at: datetime) -> list[Event]:
        call = self._call(message)
        return self._answer(call, _endpoint(message.get("Interface")), at)

    def _on_queuecallerabandon(self, message: Message, at: datetime) -> list[Event]:
        call = self._calls.get(message.get("Linkedid", ""))
        return [] if call is None else self._end(call, at, None, "abandoned")

    def _on_queuecallerleave(self, message: Message, _at: datetime) -> list[Event]:
        if call := self._calls.get(message.get("Linkedid", "")):
            call.queued = False
        return []

    def _on_agentcomplete(self, message: Message, at: datetime) -> list[Event]:
        call, reason = self._calls.get(message.get("Linkedid", "")), message.get("Reason")
        if call is None or reason == "transfer" or not call.talking:
            return []
        return self._end(call, at, reason)

    def _on_dialbegin(self, message: Message, at: datetime) -> list[Event]:
        call = self._calls.get(message.get("Linkedid", ""))
        if call is None or call.queued or call.told:
            return []
        caller, called = (_endpoint(message.get(name)) for name in ("Channel", "DestChannel"))
        if caller in self._trunks:
            return self._ring(call, message.get("CallerIDNum"), at)
        if called not in self._trunks:
            return []
        call.direction, call.agent, call.line = "outbound", caller, called
        return self._ring(call, _dialled(message), at)

    def _on_dialend(self, message: Message, at: datetime) -> list[Event]:
        call = self._calls.get(message.get("Linkedid", ""))
        answered = message.get("DialStatus") == "ANSWER"
        if call is None or call.queued or call.talking or not (call.told and answered):
            return []
        called = _endpoint(message.get("DestChannel"))
        if call.direction == "outbound" and not call.answered:
            call.customer = message.get("DestUniqueid", call.customer)
            called = call.agent
        return self._answer(call, called, at)

    def _on_hold(self, message: Message, at: datetime) -> list[Event]:
        return self._hold(message, at, held=True, by_customer=False)

    def _on_unhold(self, message: Message, at: datetime) -> list[Event]:
        return self._hold(message, at, held=False, by_customer=False)

    def _on_musiconholdstart(self, message: Message, at: datetime) -> list[Event]:
        return self._hold(message, at, held=True, by_customer=True)

    def _on_musiconholdstop(self, message: Message, at: datetime) -> list[Event]:
        return self._hold(message, at, held=False, by_customer=True)

    def _on_blindtransfer(self, message: Message, at: datetime) -> list[Event]:
        call = self._calls.get(message.get("TransfererLinkedid", ""))
        if call is None or not call.talking or message.get("Result") != "Success":
            return []
        call.talking = call.held = False
        return [self._told(call, "transferred", at)]

    def _on_attendedtransfer(self, message: Message, at: datetime) -> list[Event]:
        if message.get("Result") != "Success":
            return []
        names = ("OrigTransfererLinkedid", "SecondTransfererLinkedid", "TransfereeLinkedid")
        known = (self._calls.get(message.get(name, "")) for name in names)
        call = next((one for one in known if one is not None and one.talking), None)
        if call is None:
            return []
        agent = _endpoint(message.get("TransferTargetChannel"))
        call.held, call.talking, call.agent = False, agent is not None, agent or call.agent
        return [self._told(call, "transferred", at, agent_id=agent)]

    def _on_hangup(self, message: Message, at: datetime) -> list[Event]:
        linkedid, uniqueid = message.get("Linkedid", ""), message.get("Uniqueid", "")
        call = self._calls.get(linkedid)
        if call is None:
            return []
        alone = not call.answered and uniqueid == linkedid
        if uniqueid != call.customer and not alone:
            return []
        return self._end(call, at, message.get("Cause-txt"))

    def _on_shutdown(self, _message: Message, at: datetime) -> list[Event]:
        calls = list(self._calls.values())
        return [event for call in calls for event in self._end(call, at, "exchange_stopped")]

    def _call(self, message: Message) -> _Call:
        linkedid = message.get("Linkedid", "")
        return self._calls.setdefault(linkedid, _Call(linkedid, linkedid))

    def _ring(self, call: _Call, phone: str | None, at: datetime) -> list[Event]:
        call.told = True
        if call.line:
            call.facts["channel"] = call.line
        if known := _known(phone):
            call.facts["phone"] = known
        return [self._told(call, "ringing", at)]

    def _answer(self, call: _Call, agent: str | None, at: datetime) -> list[Event]:
        call.told = call.answered = call.talking = True
        call.queued = call.held = False
        call.agent = agent
        return [self._told(call, "answered", at, agent_id=agent)]

    def _hold(
        self, message: Message, at: datetime, *, held: bool, by_customer: bool
    ) -> list[Event]:
        call = self._calls.get(message.get("Linkedid", ""))
        if call is None or not call.talking or call.held == held:
            return []
        if (message.get("Uniqueid") == call.customer) != by_customer:
            return []
        call.held = held
        return [self._told(call, "held" if held else "resumed", at)]

    def _end(
        self, call: _Call, at: datetime, reason: str | None, how: str = "ended"
    ) -> list[Event]:
        self._calls.pop(call.linkedid, None)
        if not call.told:
            return []
        event = self._told(call, how, at, reason=reason)
        # One end only, whoever saw it and whenever.
        return [event | {"event_id": f"{call.linkedid}-end"}]

    def _told(self, call: _Call, kind: str, at: datetime, **more: str | None) -> Event:
        said = {name: value for name, value in {**call.facts, **more}.items() if value}
        return {
            "source": self._source,
            "event_id": f"{call.linkedid}-{kind}-{round(at.timestamp() * 1e6)}",
            "call_id": call.linkedid,
            "type": kind,
            "at": at.isoformat().replace("+00:00", "Z"),
            "direction": call.direction,
            **said,
        }


def _at(message: Message, received_at: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(message["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError):
        return received_at


def _known(value: str | None) -> str | None:
    return None if value is None or value.lower() in UNKNOWN or value == "s" else value


def _endpoint(channel: str | None) -> str | None:
    """Return whose channel or interface it is.

    >>> _endpoint("PJSIP/1001-0000002a"), _endpoint("Local/1001@agents/n"), _endpoint("SIP/1001")
    ('1001', '1001', '1001')
    """
    _, mark, name = (channel or "").partition("/")
    bare = re.sub(r"(@.*|-[0-9a-f]{8}(;[12])?)$", "", name)
    return bare if mark and bare else None


def _dialled(message: Message) -> str | None:
    """Return the number that an outbound call dials: its extension, or in the dial string."""
    for name in ("Exten", "DialString"):
        found: list[str] = NUMBER.findall(message.get(name, ""))
        if found:
            return max(found, key=len)
    return None
