"""A web socket stays open for hours: each message asks anew whether its person may still look."""

from collections.abc import Callable

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenancy.actor import Actor

SIGNED_OUT = 4401
"""Close code for who may not look any more (4000 + 401)."""


class Watched:
    """The two ways of one web socket."""

    def __init__(self, receive: Receive, send: Send, actor: Callable[[], Actor | None]) -> None:
        self._receive = receive
        self._send = send
        self._actor = actor
        self._closed = False

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        """Let the app talk with its person, as long as they may look."""
        await app(scope, self._next, self._say)

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and not await self._is_admitted():
            return {"type": "websocket.disconnect", "code": SIGNED_OUT}
        return message

    async def _say(self, message: Message) -> None:
        closes = message["type"] == "websocket.close" and not self._closed
        if closes or await self._is_admitted():
            await self._send(message)

    async def _is_admitted(self) -> bool:
        """Tell whether the person may look; close the web socket the first time they may not."""
        if self._closed:
            return False
        self._closed = await to_thread.run_sync(self._actor) is None
        if self._closed:
            await self._send({"type": "websocket.close", "code": SIGNED_OUT})
        return not self._closed
