"""What a device does over and over, and how it tells of what fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from .errors import GatewayError
from .gateway import Pauses

log = logging.getLogger(__name__)


class Reasons:
    """Why things fail at this moment, of all the troubles of a device. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_what: dict[str, str] = {}

    def put(self, what: str, reason: str) -> bool:
        """What fails, and why; whether nothing else fails for that reason already."""
        with self._lock:
            is_new = reason not in self._by_what.values()
            self._by_what[what] = reason
            return is_new

    def remove(self, what: str) -> None:
        """It no longer fails."""
        with self._lock:
            self._by_what.pop(what, None)


class Trouble:
    """Something that fails over and over. Each reason is told once, also where it is in the way of
    several things at the same time."""

    def __init__(self, what: str, reasons: Reasons) -> None:
        """``reasons`` are shared by all troubles of a device."""
        self._what, self._reasons = what, reasons

    def tell(self, failure: Exception) -> None:
        """It failed."""
        reason = " ".join(str(failure).split()) or repr(failure)
        if self._reasons.put(self._what, reason):
            log.warning("%s: %s", self._what, reason)

    def over(self) -> None:
        """It no longer fails."""
        self._reasons.remove(self._what)


class Duty:
    """One of the things that a device does over and over."""

    def __init__(self, step: Callable[[], None], trouble: Trouble) -> None:
        self._step, self._trouble = step, trouble
        self._pauses, self._not_before = Pauses(1, 30), 0.0

    def attempt(self) -> None:
        """Takes the step, unless it pauses."""
        if time.monotonic() < self._not_before:
            return
        try:
            self._step()
        except Exception as e:  # Whatever it is, the device must not give up.
            self._trouble.tell(e)
            asked = e.retry_after if isinstance(e, GatewayError) else 0.0
            self._not_before = time.monotonic() + self._pauses.next(asked)
        else:
            self._trouble.over()
            self._pauses.reset()
