"""What a device does over and over, and how it tells of what fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from .errors import GatewayError
from .gateway import Pauses

log = logging.getLogger(__name__)


class Trouble:
    """Something that fails over and over. Each reason is told once, also where it is in the way of
    several things at the same time."""

    def __init__(self, what: str, reasons: dict[str, str]) -> None:
        """``reasons`` by what they are in the way of, shared by all troubles of a device."""
        self._what, self._reasons = what, reasons

    def tell(self, failure: Exception) -> None:
        """It failed."""
        reason = " ".join(str(failure).split()) or repr(failure)
        if reason not in list(self._reasons.values()):
            log.warning("%s: %s", self._what, reason)
        self._reasons[self._what] = reason

    def over(self) -> None:
        """It no longer fails."""
        self._reasons.pop(self._what, None)


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
