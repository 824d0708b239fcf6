"""Events of calls on their way to the service: kept in memory until it has taken them.

They name telephones, and the machine beside an exchange has no key of a tenant's: nothing is
written to its disk. While the service is away they wait, up to `MOST_WAITING`; then the oldest give
way, and are counted.
"""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections import Counter, deque
from itertools import islice
from typing import Any

from foundation.errors import NotAllowed

log = logging.getLogger("abcall.asterisk")
MOST_WAITING = 100_000
"""More than three hours of 500 calls a minute; about 60 MB."""

AT_ONCE = 500
EVERY_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
TIMEOUT_SECONDS = 10.0
REFUSED = (401, 403, 404)


class Post:
    """Sends events in batches, in the background, again and again until they are taken.

    Parameters
    ----------
    url
        Of the service: ``https://abcall.example``.
    key
        An API key with the scope ``feed``.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url.rstrip('/')}/v1/calls/events"
        self._key = key
        self._waiting: deque[dict[str, str]] = deque()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-post", daemon=True)
        self.counts: Counter[str] = Counter()
        self.refused: NotAllowed | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, events: list[dict[str, str]]) -> None:
        """Let events wait for their turn.

        Raises
        ------
        NotAllowed
            The service refuses the key: nothing will ever be taken.
        """
        if self.refused is not None:
            raise self.refused
        with self._lock:
            self._waiting.extend(events)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self.counts["lost"] += 1

    @property
    def waiting(self) -> int:
        """Events that the service has not taken yet."""
        return len(self._waiting)

    def stop(self, seconds: float) -> int:
        """Send what waits, for so long; returns how many events are left, and lost."""
        self._stop.set()
        self._thread.join(seconds)
        return self.waiting

    def _run(self) -> None:
        pause = EVERY_SECONDS
        while self.refused is None:
            sent = self._send()
            if self._stop.is_set() and not (sent and self._waiting):
                return
            # What failed is tried again soon, then ever less often; a full batch has more behind.
            pause = EVERY_SECONDS if sent else min(2 * pause, LONGEST_PAUSE_SECONDS)
            self._stop.wait(0 if sent and len(self._waiting) >= AT_ONCE else pause)

    def _send(self) -> bool:
        """Send a batch; say whether the service took it, or there was none."""
        with self._lock:
            batch = list(islice(self._waiting, AT_ONCE))
        if not batch:
            return True
        answer = self._ask(batch)
        if answer is None:
            self.counts["failed_posts"] += 1
            return False
        with self._lock:
            # By identity: while it was sent, the oldest may have given way to newer ones.
            while self._waiting and any(self._waiting[0] is event for event in batch):
                self._waiting.popleft()
        self._note(answer)
        return True

    def _ask(self, batch: list[dict[str, str]]) -> dict[str, Any] | None:
        """Return the service's answer; None where it is away or busy."""
        request = urllib.request.Request(  # noqa: S310 - the operator named it
            self._url,
            json.dumps({"events": batch}).encode(),
            {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as error:
            return self._refusal(error)
        except (OSError, ValueError) as error:
            log.warning("the service does not answer: %s", type(error).__name__)
            return None

    def _refusal(self, error: urllib.error.HTTPError) -> dict[str, Any] | None:
        if error.code in REFUSED:
            self.refused = NotAllowed("asterisk.key_refused", status=error.code)
            return None
        if error.code == 422:
            try:
                answer: dict[str, Any] = json.load(error)
            except ValueError:
                return None
            return answer if "results" in answer else None
        log.warning("the service answers %s", error.code)
        return None

    def _note(self, answer: dict[str, Any]) -> None:
        for result in answer["results"]:
            self.counts[result["outcome"]] += 1
            if result["outcome"] == "rejected":
                log.warning("rejected: %s", result["error"]["key"])
