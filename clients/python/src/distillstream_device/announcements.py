"""What a gateway says of new versions: server-sent events, or long polls where none arrive."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import NamedTuple

from .duties import Trouble
from .errors import GatewayError
from .gateway import Gateway, Pauses, pieces
from .manifest import MOST_BYTES

log = logging.getLogger(__name__)

_SILENCE = 45.0  # The gateway's heartbeat comes each 15 s.
_WAIT = 25
_LONGEST_LINE = 1 << 16
_WITHOUT_STREAM = 600.0


class Event(NamedTuple):
    """A server-sent event; ``id`` is that of the last event that had one, this one included."""

    id: str
    name: str
    data: str


class Announcements:
    """Listens to one channel until it is stopped, and makes lost connections again."""

    def __init__(
        self,
        gateway: Gateway,
        path: str,
        heard: Callable[[int], None],
        trouble: Trouble,
        stopped: threading.Event,
    ) -> None:
        """``path`` of the channel; ``heard`` is told each version that is announced, ``trouble``
        what is in the way."""
        self._gateway, self._path = gateway, path
        self._heard, self._trouble = heard, trouble
        self._stopped = stopped
        self._last_event = self._tag = ""
        self._stream_again = 0.0

    def run(self) -> None:
        """Returns some time after it is stopped, at the gateway's next heartbeat at the latest."""
        pauses = Pauses(1, 30)
        while not self._stopped.is_set():
            asked, begun = 0.0, time.monotonic()
            try:
                if begun >= self._stream_again:
                    self._stream()
                else:
                    self._poll()
                    pauses.reset()
                    if time.monotonic() - begun >= 1:  # Something on the way may not let it wait.
                        continue
            except (OSError, ValueError) as e:
                asked = e.retry_after if isinstance(e, GatewayError) else 0.0
                # Nothing is published on the channel yet.
                if not (isinstance(e, GatewayError) and e.status == 404):
                    self._trouble.tell(e)
            if time.monotonic() - begun > 10:
                pauses.reset()
            self._stopped.wait(pauses.next(asked))

    def _stream(self) -> None:
        headers = {"Accept": "text/event-stream"}
        if self._last_event:
            headers["Last-Event-ID"] = self._last_event
        with self._gateway.open(
            self._path + "events", headers=headers, silence=_SILENCE
        ) as response:
            self._trouble.over()
            kind = response.getheader("Content-Type", "nothing")
            if not kind.startswith("text/event-stream"):
                return self._do_without_stream(f"answers with {kind}")
            try:
                for event in read_events(response):
                    if self._stopped.is_set():
                        return
                    if event and event.name == "update":
                        self._last_event = event.id
                        self._heard(_version(event.data))
            except TimeoutError:
                self._do_without_stream("lets no events through")

    def _do_without_stream(self, why: str) -> None:
        log.info("%s %s; it is asked for new versions instead", self._gateway.url, why)
        self._stream_again = time.monotonic() + _WITHOUT_STREAM

    def _poll(self) -> None:
        known = {"If-None-Match": self._tag} if self._tag else {}
        with self._gateway.open(
            f"{self._path}manifest.json?wait={_WAIT}",
            headers=known,
            expected=(200, 204, 304),
            silence=_SILENCE,
        ) as response:
            self._trouble.over()
            if response.status == 200:
                self._heard(_version(b"".join(pieces(response, MOST_BYTES))))
                self._tag = response.getheader("ETag", "")


def read_events(stream: BufferedIOBase) -> Iterator[Event | None]:
    """Events as they come; None for what only shows that the connection is alive."""
    last_id, name, data = "", "message", ""
    while line := stream.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise OSError("a line of the event stream is cut or too long")
        text = line.decode(errors="replace").rstrip("\r\n")
        field, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if not text:
            yield Event(last_id, name, data) if data else None
            name, data = "message", ""
        elif field == "data":
            data = f"{data}\n{value}" if data else value
        elif field == "event":
            name = value
        elif field == "id":
            last_id = value
        else:
            yield None


def _version(announcement: str | bytes) -> int:
    """The version in a summary or a manifest. It is a hint: what counts is read elsewhere."""
    fields = json.loads(announcement)
    version = fields.get("version") if isinstance(fields, dict) else None
    if not isinstance(version, int):
        raise ValueError("the gateway announced something without a version")
    return version
